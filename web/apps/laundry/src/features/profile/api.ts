import { body, done } from "@livefloor/api";

import { api, keeper, queries } from "../../model/services.ts";

export const PROFILE_KEY = ["profile"];
export const SESSIONS_KEY = ["sessions"];
export const CYCLES_KEY = ["cycles", "mine"];

export type Profile = Awaited<ReturnType<typeof loadProfile>>;
export type SignedInOn = Awaited<ReturnType<typeof loadSessions>>["items"][number];
export type Cycle = Awaited<ReturnType<typeof loadCycles>>["items"][number];

export function loadProfile() {
  return body(api.http.GET("/api/v1/profile/me"));
}

export interface ProfileFields {
  readonly display_name: string;
  readonly phone_number: string;
  readonly notify_push: boolean;
  readonly notify_sms: boolean;
  readonly version: number;
}

export function fieldsOf({ display_name, phone_number, notify_push, notify_sms, version }: Pick<Profile, keyof ProfileFields>): ProfileFields {
  return { display_name, phone_number: phone_number ?? "", notify_push, notify_sms, version };
}

/** Store the changed fields. An empty name is taken back: the person is called by the end of the ID then. */
export async function saveProfile(changes: Partial<ProfileFields>, version: number): Promise<ProfileFields> {
  const { display_name, ...others } = changes;
  const name = display_name === undefined ? {} : { display_name: display_name.trim() || null };
  const user = await body(api.http.PUT("/api/v1/profile/update", { body: { ...others, ...name, version } }));
  queries.setQueryData<Profile>(PROFILE_KEY, (old) => old && { ...old, ...user });
  const session = keeper.read();
  if (session !== null) keeper.write({ ...session, user: { ...session.user, display_name: user.display_name, phone_number: user.phone_number } });
  return fieldsOf(user);
}

export async function changePin(input: { current_pin: string; new_pin: string }): Promise<void> {
  await done(api.http.PUT("/api/v1/profile/pin", { body: input }));
  await Promise.all([queries.invalidateQueries({ queryKey: PROFILE_KEY }), queries.invalidateQueries({ queryKey: SESSIONS_KEY })]);
}

export async function deleteAccount(pin: string): Promise<void> {
  await done(api.http.DELETE("/api/v1/profile/me", { body: { pin } }));
}

export function loadSessions() {
  return body(api.http.GET("/api/v1/auth/sessions"));
}

export async function endSessions(ids: readonly string[]): Promise<void> {
  try {
    for (const id of ids) await done(api.http.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } }));
  } finally {
    await queries.invalidateQueries({ queryKey: SESSIONS_KEY });
  }
}

export function loadCycles(cursor: string | null, userId: string) {
  return body(api.http.GET("/api/v1/cycles/", { params: { query: { cursor, user_id: userId, limit: 10 } } }));
}
