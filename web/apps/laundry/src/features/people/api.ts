import { body, Problem } from "@livefloor/api";
import type { paths } from "@livefloor/api/laundry";

import type { Page } from "../../model/loaded.tsx";
import { api, queries } from "../../model/services.ts";

export type Person = paths["/api/v1/admin/users"]["get"]["responses"][200]["content"]["application/json"]["items"][number];
export type PersonFile = paths["/api/v1/admin/users/{id}"]["get"]["responses"][200]["content"]["application/json"];
export type IssuedCode = paths["/api/v1/admin/users/{id}/reset-code"]["post"]["responses"][200]["content"]["application/json"];
export type Purpose = "pin_reset" | "sign_in";

export interface Wanted {
  readonly q?: string;
  readonly role?: Person["role"];
  readonly status?: Person["status"];
  readonly locked?: true;
}

export function findPeople(wanted: Wanted, cursor: string | null): Promise<Page<Person>> {
  return body(api.http.GET("/api/v1/admin/users", { params: { query: { ...wanted, ...(cursor === null ? {} : { cursor }) } } }));
}

export function getPerson(id: string): Promise<PersonFile> {
  return body(api.http.GET("/api/v1/admin/users/{id}", { params: { path: { id } } }));
}

/** Each look at a person is written down, so it is asked for again only after an act. */
function reload(id: string): Promise<unknown> {
  return Promise.all([queries.invalidateQueries({ queryKey: ["person", id] }), queries.invalidateQueries({ queryKey: ["people"] })]);
}

const act = (id: string, key: string) => ({ params: { path: { id } }, headers: { "Idempotency-Key": key } });

/** Do something to a person and show them as they are then, also when it was refused because they had changed. */
async function changing<Result>(id: string, work: Promise<Result>): Promise<Result> {
  try {
    const result = await work;
    await reload(id);
    return result;
  } catch (error) {
    if (error instanceof Problem && (error.isStale || error.status === 409)) await reload(id);
    throw error;
  }
}

export const unlock = (id: string, key: string) => changing(id, body(api.http.POST("/api/v1/admin/users/{id}/unlock", act(id, key))));
export const endSessions = (id: string, key: string) => changing(id, body(api.http.POST("/api/v1/admin/users/{id}/revoke-sessions", act(id, key))));
export const liftSuspension = (id: string, key: string) => changing(id, body(api.http.POST("/api/v1/admin/users/{id}/lift-suspension", act(id, key))));

export function issueCode({ id, purpose }: { id: string; purpose: Purpose }, key: string): Promise<IssuedCode> {
  return body(api.http.POST("/api/v1/admin/users/{id}/reset-code", { ...act(id, key), body: { purpose } }));
}

export interface Change {
  readonly id: string;
  readonly version: number;
  readonly status?: "active" | "blocked";
  readonly release_student_id?: true;
}

export function changePerson({ id, ...said }: Change): Promise<Person> {
  return changing(id, body(api.http.PATCH("/api/v1/admin/users/{id}", { params: { path: { id } }, body: said })));
}
