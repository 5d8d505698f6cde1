import { body, done } from "@livefloor/api";
import type { Machine, MachineType } from "@livefloor/api/laundry";
import { seqOf } from "@livefloor/live";

import { live } from "../../model/live.ts";
import { loadLists } from "../../model/loading.ts";
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
const pathOf = ({ machine_type, machine_id }: Place) => ({ machine_type, machine_id: String(machine_id) });

/** The answer carries the same view as the event: whichever comes first is shown. */
function put(machine: Machine): Machine {
  store.put("machines", machineKey(machine), machine.version, machine);
  return machine;
}

interface Disable {
  readonly place: Place;
  readonly reason: string;
  readonly expected_back_at: string | null;
}

export async function disableMachine({ place, ...said }: Disable, key: string): Promise<Machine> {
  const params = { path: pathOf(place) };
  return put(await body(api.http.POST("/api/v1/admin/machines/{machine_type}/{machine_id}/disable", { params, body: said, ...keyed(key) })));
}

interface Enable {
  readonly place: Place;
  readonly resolution: string;
  readonly dismiss_ids: string[];
}

export async function enableMachine({ place, ...said }: Enable, key: string): Promise<Machine> {
  const params = { path: pathOf(place) };
  return put(await body(api.http.POST("/api/v1/admin/machines/{machine_type}/{machine_id}/enable", { params, body: said, ...keyed(key) })));
}

interface Clear {
  readonly of: Place;
  readonly place: string;
  readonly note: string | null;
  readonly photo_data: string | null;
}

export async function clearLoad({ of, ...said }: Clear, key: string): Promise<Machine> {
  const params = { path: pathOf(of) };
  return put(await body(api.http.POST("/api/v1/admin/machines/{machine_type}/{machine_id}/clear", { params, body: said, ...keyed(key) })));
}

type OfCycle = Place & { readonly cycle_id: string | null };

export async function endCycle(input: OfCycle & { collected: boolean; reason: string }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/end", { body: input, ...keyed(key) })));
}

export async function cancelCycle(input: OfCycle & { reason: string }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/cancel", { body: input, ...keyed(key) })));
}

export async function releaseEmpty(input: Place & { cycle_id: string }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/release", { body: { ...input, reason: "empty" }, ...keyed(key) })));
}

export async function nudgeOwner(input: Place, key: string): Promise<void> {
  await done(api.http.POST("/api/v1/machines/nudge", { body: input, ...keyed(key) }));
}

export type Seen = "running" | "full" | "empty";

export async function reportStatus(input: Place & { seen: Seen }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/report-status", { body: input, ...keyed(key) })));
}

export function getMachine(place: Place) {
  return body(api.http.GET("/api/v1/machines/{machine_type}/{machine_id}", { params: { path: pathOf(place) } }));
}

export async function removeEntry({ id, reason }: { id: string; reason: string }): Promise<void> {
  await done(api.http.DELETE("/api/v1/admin/waitlist/{id}", { params: { path: { id }, query: { reason } } }));
  // The list comes as a frame. It is asked for as well, so that the act shows even while the line is down.
  void loadLists(seqOf(live.lastId)).catch(() => undefined);
}
