import { body, done } from "@livefloor/api";
import { keyed } from "@livefloor/base";
import { queryOptions } from "@tanstack/react-query";

import type { Shift } from "../../model/schedules.ts";
import { api, queries } from "../../model/services.ts";

const MANY = 100;

/** Who can be given a shift. */
export const crewQuery = queryOptions({
  queryKey: ["users", "crew"],
  queryFn: async () => {
    const { items } = await body(api.http.GET("/api/users/", { params: { query: { active: true, limit: MANY } } }));
    return items.filter(({ role }) => role === "barista" || role === "support");
  },
  staleTime: 60_000,
});

export interface NewShift {
  readonly user_id: string;
  readonly station_id: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly break_minutes: number;
  readonly notes: string;
  readonly allow_overlap: boolean;
}

export type ShiftChanges = Partial<NewShift> & { readonly version: number };

const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ["schedules"] });
const pathOf = (id: string) => ({ path: { schedule_id: id } });

export async function addShift(shift: NewShift, key: string): Promise<Shift> {
  const made = await body(api.http.POST("/api/schedules/", { body: shift, ...keyed(key) }));
  await again();
  return made;
}

export function readShift(id: string): Promise<Shift> {
  return body(api.http.GET("/api/schedules/{schedule_id}", { params: pathOf(id) }));
}

export async function changeShift(id: string, changes: ShiftChanges): Promise<Shift> {
  const now = await body(api.http.PUT("/api/schedules/{schedule_id}", { params: pathOf(id), body: changes }));
  await again();
  return now;
}

export async function dropShift(id: string): Promise<void> {
  await done(api.http.DELETE("/api/schedules/{schedule_id}", { params: pathOf(id) }));
  await again();
}

/** Check somebody in, or out, in their place. */
export async function attend({ id, act }: { readonly id: string; readonly act: "check-in" | "check-out" }, key: string): Promise<void> {
  const call = { params: pathOf(id), ...keyed(key) };
  await (act === "check-in" ? done(api.http.POST("/api/schedules/check-in/{schedule_id}", call)) : done(api.http.POST("/api/schedules/check-out/{schedule_id}", call)));
  await again();
}
