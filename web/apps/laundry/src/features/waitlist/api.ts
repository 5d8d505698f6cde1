import { body, done } from "@livefloor/api";
import type { MachineType } from "@livefloor/api/laundry";
import { seqOf } from "@livefloor/live";

import { live } from "../../model/live.ts";
import { loadLists } from "../../model/loading.ts";
import { api } from "../../model/services.ts";

const keyed = (key: string) => ({ headers: { "Idempotency-Key": key } });

// The lists come as frames. They are asked for as well, so that the own act shows even while the line is down.
const reload = (): void => void loadLists(seqOf(live.lastId)).catch(() => undefined);

export async function joinList(type: MachineType, key: string) {
  const entry = await body(api.http.POST("/api/v1/waitlist/join", { body: { machine_type: type }, ...keyed(key) }));
  reload();
  return entry;
}

export async function leaveList(type: MachineType, key: string): Promise<void> {
  await done(api.http.POST("/api/v1/waitlist/leave", { body: { machine_type: type }, ...keyed(key) }));
  reload();
}

export async function passTurn(type: MachineType, key: string): Promise<void> {
  await done(api.http.POST("/api/v1/waitlist/pass", { body: { machine_type: type }, ...keyed(key) }));
  reload();
}
