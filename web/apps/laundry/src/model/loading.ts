import { answer, body } from "@livefloor/api";
import type { MachineType } from "@livefloor/api/laundry";
import { seqOf } from "@livefloor/live";

import { machineKey } from "./machines.ts";
import { api, clock, store } from "./services.ts";

export const TYPES: readonly MachineType[] = ["washer", "dryer"];

/** Load all that the room shows. Gives the position from which the live frames go on without a gap. */
export async function loadRoom(): Promise<string> {
  const asked = Date.now();
  const board = await body(api.http.GET("/api/v1/machines/"));
  clock.observe(board.server_time, Date.now() - asked);
  const seq = seqOf(board.last_id);
  const machines = [...board.washers, ...board.dryers];
  store.snapshot(
    "machines",
    seq,
    machines.map((machine) => ({ id: machineKey(machine), version: machine.version, value: machine })),
  );
  // After the board, so that the lists are at least as new as its position.
  await Promise.all([loadLists(seq), loadNotifications(seq)]);
  return board.last_id;
}

/** Load both lists; also heals the estimated waits, which grow old without an event. */
export async function loadLists(floor: number): Promise<void> {
  const lists = await Promise.all(TYPES.map((type) => answer(api.http.GET("/api/v1/waitlist/{machine_type}", { params: { path: { machine_type: type } } }))));
  store.snapshot(
    "waitlists",
    floor,
    lists.map(({ data, seq }) => ({ id: data.machine_type, version: Math.max(seq, floor), value: data })),
  );
}

export async function loadNotifications(floor: number): Promise<void> {
  const { data, seq } = await answer(api.http.GET("/api/v1/notifications/"));
  const version = Math.max(seq, floor);
  store.snapshot(
    "notifications",
    version,
    data.items.map((item) => ({ id: item.id, version, value: item })),
  );
  store.snapshot("counters", version, [{ id: "unread", version, value: { unread: data.unread_count } }]);
}
