import { answer, body } from "@livefloor/api";
import type { MachineType } from "@livefloor/api/laundry";
import { seqOf } from "@livefloor/live";

import { machineKey } from "./machines.ts";
import { api, clock, store } from "./services.ts";

export const TYPES: readonly MachineType[] = ["washer", "dryer"];

/**
 * Load all that the room shows, asked for at once. Gives the position from which the live frames go on without a gap: that
 * of the oldest answer. What a newer one has already is told again, and changes nothing.
 */
export async function loadRoom(): Promise<string> {
  const [boardId, ...others] = await Promise.all([loadBoard(), loadLists(0), loadNotifications(0)]);
  const oldest = Math.min(...others);
  return oldest < seqOf(boardId) ? `${oldest}.0` : boardId;
}

async function loadBoard(): Promise<string> {
  const asked = Date.now();
  const board = await body(api.http.GET("/api/v1/machines/"));
  clock.observe(board.server_time, Date.now() - asked);
  store.snapshot(
    "machines",
    seqOf(board.last_id),
    [...board.washers, ...board.dryers].map((machine) => ({ id: machineKey(machine), version: machine.version, value: machine })),
  );
  return board.last_id;
}

/** Load both lists, and give the position of the older; also heals the estimated waits, which grow old without an event. */
export async function loadLists(floor: number): Promise<number> {
  const lists = await Promise.all(TYPES.map((type) => answer(api.http.GET("/api/v1/waitlist/{machine_type}", { params: { path: { machine_type: type } } }))));
  const oldest = Math.max(floor, Math.min(...lists.map(({ seq }) => seq)));
  store.snapshot(
    "waitlists",
    oldest,
    lists.map(({ data, seq }) => ({ id: data.machine_type, version: Math.max(seq, floor), value: data })),
  );
  return oldest;
}

/** Load what somebody was told lately, and give the position that it is true for. */
export async function loadNotifications(floor: number): Promise<number> {
  const { data, seq } = await answer(api.http.GET("/api/v1/notifications/"));
  const version = Math.max(seq, floor);
  store.snapshot(
    "notifications",
    version,
    data.items.map((item) => ({ id: item.id, version, value: item })),
  );
  store.snapshot("counters", version, [{ id: "unread", version, value: { unread: data.unread_count } }]);
  return version;
}
