import { body } from "@livefloor/api";
import type { QueueView, Snapshot } from "@livefloor/api/coffee";
import type { Change } from "@livefloor/live";

import { stockKey } from "./frames.ts";
import { api, clock, store } from "./services.ts";

/** Load all that is shown of one station, or of all that make coffee. Gives the position that it is true for. */
export async function loadFloor(station: number | null): Promise<string> {
  const asked = Date.now();
  const query = station === null ? {} : { station_id: station };
  const snapshot = await body(api.http.GET("/api/sync/snapshot", { params: { query } }));
  clock.observe(snapshot.as_of, Date.now() - asked);
  show(snapshot, station);
  return `${snapshot.seq}.0`;
}

function show({ seq, queues, inventory, milk_colors }: Snapshot, station: number | null): void {
  const orders = (queues ?? []).flatMap(cupsOf).map((order) => ({ id: order.id, version: order.version, value: order }));
  // What is known of other stations stays: this answer does not speak of it.
  const others = station === null ? [] : store.rows("orders").filter(({ value }) => value.station_id !== station);
  store.snapshot("orders", seq, [...others, ...orders]);
  const heads = (queues ?? []).map((queue) => ({ id: String(queue.station.id), version: seq, value: headOf(queue) }));
  store.snapshot("heads", seq, [...(station === null ? [] : store.rows("heads").filter(({ id }) => id !== String(station))), ...heads]);
  const rows = (inventory ?? []).flatMap(({ station_id, inventory: items }) =>
    items.map((row) => ({ id: stockKey(station_id, row.code), version: seq, value: { ...row, station_id } })),
  );
  store.snapshot("inventory", seq, [...(station === null ? [] : store.rows("inventory").filter(({ value }) => value.station_id !== station)), ...rows]);
  store.snapshot("milks", seq, (milk_colors ?? []).map((milk) => ({ id: milk.code, version: seq, value: milk })));
}

const cupsOf = (queue: QueueView) => [...queue.in_progress, ...queue.pending, ...queue.completed, ...queue.scheduled];

function headOf({ station, pending }: QueueView) {
  return { ...station, jug: pending.filter(({ batch }) => batch !== null).map(({ id }) => id) };
}

/** Load places, waits and the jug of a station anew: they follow from all cups together and no single event tells them. */
export async function loadQueue(station: number): Promise<void> {
  const queue = await body(api.http.GET("/api/orders/queue/station/{station_id}", { params: { path: { station_id: station } } }));
  const places = queue.pending.map(({ id, position, eta_at }): Change => ({ kind: "amend", collection: "orders", id, seq: queue.seq, fields: { position, eta_at } }));
  store.apply([
    ...cupsOf(queue).map((order): Change => ({ kind: "put", collection: "orders", id: order.id, version: order.version, seq: queue.seq, value: order })),
    ...places,
    { kind: "put", collection: "heads", id: String(station), version: queue.seq, seq: queue.seq, value: headOf(queue) },
    { kind: "amend", collection: "heads", id: String(station), seq: queue.seq, fields: headOf(queue) },
  ]);
}
