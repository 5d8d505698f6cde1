import { body, done } from "@livefloor/api";
import type { Machine, MachineType } from "@livefloor/api/laundry";

import { machineKey } from "../../model/machines.ts";
import { api, store } from "../../model/services.ts";

export interface Place {
  readonly machine_type: MachineType;
  readonly machine_id: number;
}

export function placeOf({ machine_type, machine_id }: Place): Place {
  return { machine_type, machine_id };
}

const keyed = (key: string) => ({ headers: { "Idempotency-Key": key } });

/** The answer carries the same view as the event: whichever comes first is shown. */
function put<View extends Machine>(machine: View): View {
  store.put("machines", machineKey(machine), machine.version, machine);
  return machine;
}

export async function startMachine(input: Place & { category: string; machine_code?: string }, key: string) {
  return put(await body(api.http.POST("/api/v1/machines/start", { body: input, ...keyed(key) })));
}

export async function extendCycle(input: Place & { category: string; cycle_id: string | null }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/extend", { body: input, ...keyed(key) })));
}

export async function endCycle(input: Place & { collected: boolean; cycle_id: string | null }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/end", { body: input, ...keyed(key) })));
}

export async function cancelCycle(input: Place & { cycle_id: string | null }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/cancel", { body: input, ...keyed(key) })));
}

export type Find = { readonly reason: "empty" } | { readonly reason: "moved"; readonly place: string };

export async function releaseMachine(input: Place & { cycle_id: string } & Find, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/release", { body: input, ...keyed(key) })));
}

export async function nudgeOwner(input: Place, key: string): Promise<void> {
  await done(api.http.POST("/api/v1/machines/nudge", { body: input, ...keyed(key) }));
}

export type Seen = "running" | "full" | "empty";

export async function reportStatus(input: Place & { seen: Seen }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/report-status", { body: input, ...keyed(key) })));
}

export function getMachine({ machine_type, machine_id }: Place) {
  const path = { machine_type, machine_id: String(machine_id) };
  return body(api.http.GET("/api/v1/machines/{machine_type}/{machine_id}", { params: { path } }));
}
