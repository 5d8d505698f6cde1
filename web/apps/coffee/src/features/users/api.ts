import { body, Problem } from "@livefloor/api";
import type { paths, UserStats, UserView } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";

import { peopleAgain } from "../../model/people.ts";
import { api } from "../../model/services.ts";
import { texts } from "../../texts/lead/index.ts";

export type Role = UserView["role"];
export type NewUser = paths["/api/users/"]["post"]["requestBody"]["content"]["application/json"];
export type UserChange = paths["/api/users/{user_id}"]["put"]["requestBody"]["content"]["application/json"];

/** Who is listed; "" stands for all. */
export interface UserFilter {
  readonly q: string;
  readonly role: Role | "";
  readonly active: "active" | "inactive" | "all";
  readonly present: boolean;
}

export function fits({ display_name, username, role, active, checked_in }: UserView, filter: UserFilter): boolean {
  const asked = filter.q.trim().toLowerCase();
  return (
    (display_name.toLowerCase().includes(asked) || username.includes(asked)) &&
    (filter.role === "" || role === filter.role) &&
    (filter.active === "all" || active === (filter.active === "active")) &&
    (checked_in || !filter.present)
  );
}

export async function addUser(user: NewUser, key: string): Promise<{ readonly user: UserView; readonly once: string | null }> {
  const { one_time_password, ...made } = await body(api.http.POST("/api/users/", { body: user, ...keyed(key) }));
  peopleAgain();
  return { user: made, once: one_time_password };
}

export const getUser = async (id: string): Promise<UserView> => (await body(api.http.GET("/api/users/{user_id}", { params: { path: { user_id: id } } }))) as UserView;

export async function changeUser(id: string, change: UserChange): Promise<UserView> {
  const changed = await body(api.http.PUT("/api/users/{user_id}", { params: { path: { user_id: id } }, body: change }));
  peopleAgain();
  return changed;
}

export async function newPassword(id: string, key: string): Promise<string> {
  return (await body(api.http.POST("/api/users/{user_id}/reset-password", { params: { path: { user_id: id } }, ...keyed(key) }))).one_time_password;
}

export const getStats = (id: string): Promise<UserStats> => body(api.http.GET("/api/users/{user_id}/stats", { params: { path: { user_id: id } } }));

export const NAME = /^[^<>]{1,40}$/;
export const PHONE = /^\+[1-9]\d{6,14}$/;

/** What the server refused, at the field that it is about. */
export function refusedFields(error: Error | null): Readonly<Record<string, string>> {
  if (!(error instanceof Problem)) return {};
  if (error.code === "weak_password") return { password: texts.users.wrong.weak };
  if (error.code === "username_taken") return { username: texts.users.wrong.taken };
  return error.fields;
}

export const skillsOf = (text: string): string[] => [...new Set(text.split(",").map((skill) => skill.trim()).filter(Boolean))];

/** Organizers have admins and organizers above them. */
export const rolesFor = (own: Role | undefined): readonly Role[] => (own === "admin" ? ["barista", "support", "display", "organizer", "admin"] : ["barista", "support", "display"]);
