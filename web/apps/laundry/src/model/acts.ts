import { keyed } from "@livefloor/base";
import { body, done } from "@livefloor/api";
import type { Machine, MachineType, Meta } from "@livefloor/api/laundry";
import { seqOf } from "@livefloor/live";
import { photoData } from "@livefloor/ui";

import { live } from "./live.ts";
import { loadLists } from "./loading.ts";
import { machineKey } from "./machines.ts";
import { api, store } from "./services.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export interface Place {
  readonly machine_type: MachineType;
  readonly machine_id: number;
}

export { keyed };

/** The answer carries the same view as the event: whichever comes first is shown. */
export function put<View extends Machine>(machine: View): View {
  store.put("machines", machineKey(machine), machine.version, machine);
  return machine;
}

// The lists come as frames. They are asked for as well, so that the own act shows even while the line is down.
export const reloadLists = (): void => void loadLists(seqOf(live.lastId)).catch(() => undefined);

async function start(input: Place & { category: string; machine_code?: string }, key: string) {
  return put(await body(api.http.POST("/api/v1/machines/start", { body: input, ...keyed(key) })));
}

async function end(input: Place & { collected: boolean; cycle_id: string | null }, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/machines/end", { body: input, ...keyed(key) })));
}

async function join(input: { machine_type: MachineType }, key: string) {
  const entry = await body(api.http.POST("/api/v1/waitlist/join", { body: input, ...keyed(key) }));
  reloadLists();
  return entry;
}

async function leave(input: { machine_type: MachineType }, key: string): Promise<void> {
  await done(api.http.POST("/api/v1/waitlist/leave", { body: input, ...keyed(key) }));
  reloadLists();
}

export interface FaultInput extends Place {
  readonly kind: Meta["fault_kinds"][number];
  readonly description: string;
  readonly abort_cycle?: boolean;
  readonly photo?: File | null;
}

/** In the JSON and not as a part of a form: sent again with its key, the body has to be the same to the byte. */
async function report({ photo, ...said }: FaultInput, key: string) {
  const input = { ...said, ...(photo ? { photo_data: await photoData(photo) } : {}) };
  return body(api.http.POST("/api/v1/faults/report", { body: input, ...keyed(key) }));
}

/**
 * What may wait for the server, and for how long (spec section 10 and R66): a start or a place in a list must not come
 * true later than the person believes; taking clothes out, leaving a list and a fault are true whenever they arrive.
 */
export const RULES = {
  start: { lifetimeMs: 2 * MINUTE_MS, send: start },
  join: { lifetimeMs: 2 * MINUTE_MS, send: join },
  end: { lifetimeMs: DAY_MS, send: end },
  leave: { lifetimeMs: DAY_MS, send: leave },
  report: { lifetimeMs: DAY_MS, send: report },
} as const;

export type QueuedKind = keyof typeof RULES;
export type InputOf<Kind extends QueuedKind> = Parameters<(typeof RULES)[Kind]["send"]>[0];
export type ResultOf<Kind extends QueuedKind> = Awaited<ReturnType<(typeof RULES)[Kind]["send"]>>;
