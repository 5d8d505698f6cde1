import { body, done } from "@livefloor/api";
import type { Machine } from "@livefloor/api/laundry";

import { keyed, put, type Place } from "../../model/acts.ts";
import { api } from "../../model/services.ts";

export type { Place };

export function placeOf({ machine_type, machine_id }: Place): Place {
  return { machine_type, machine_id };
}

export async function extendCycle(input: Place & { category: string; cycle_id: string | null }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/extend", { body: input, ...keyed(key) })));
}

export async function cancelCycle(input: Place & { cycle_id: string | null }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/cancel", { body: input, ...keyed(key) })));
}

export type Find = { readonly reason: "empty" } | { readonly reason: "moved"; readonly place: string };

export async function releaseMachine(input: Place & { cycle_id: string; photo_data?: string } & Find, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/release", { body: input, ...keyed(key) })));
}

export async function nudgeOwner(input: Place, key: string): Promise<void> {
  await done(api.http.POST("/api/v1/machines/nudge", { body: input, ...keyed(key) }));
}

export type Seen = "running" | "full" | "empty";

export async function reportStatus(input: Place & { seen: Seen }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/report-status", { body: input, ...keyed(key) })));
}
