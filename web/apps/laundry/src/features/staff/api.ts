import { body } from "@livefloor/api";
import { queryOptions } from "@tanstack/react-query";

import { api, queries } from "../../model/services.ts";

const MOST = 200;

async function withRole(role: "staff" | "admin") {
  return (await body(api.http.GET("/api/v1/admin/users", { params: { query: { role, limit: MOST } } }))).items;
}

export type Member = Awaited<ReturnType<typeof withRole>>[number];

/** Admins first, then staff, each by name. */
async function listCrew(): Promise<readonly Member[]> {
  const of = await Promise.all([withRole("admin"), withRole("staff")]);
  return of.flatMap((members) => members.sort((a, b) => a.display_name.localeCompare(b.display_name)));
}

export const crewQuery = queryOptions({ queryKey: ["admin", "crew"], queryFn: listCrew, staleTime: 0 });

const reload = (): Promise<void> => queries.invalidateQueries({ queryKey: crewQuery.queryKey });

export interface NewMember {
  readonly staff_id: string;
  readonly password: string;
  readonly display_name: string;
  readonly role: "staff" | "admin";
}

export async function addMember(member: NewMember, key: string): Promise<Member> {
  const added = await body(api.http.POST("/api/v1/admin/staff", { body: member, headers: { "Idempotency-Key": key } }));
  await reload();
  return added;
}

export interface MemberChange {
  readonly role?: "staff" | "admin";
  readonly status?: "active" | "blocked";
}

/** Change one person. After a refusal the list is loaded anew as well: it may be what was out of date. */
export async function changeMember({ id, version, ...change }: MemberChange & { readonly id: string; readonly version: number }): Promise<Member> {
  try {
    return await body(api.http.PATCH("/api/v1/admin/users/{id}", { params: { path: { id } }, body: { ...change, version } }));
  } finally {
    void reload();
  }
}
