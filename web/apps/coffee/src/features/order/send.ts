import { body, newKey, Problem } from "@livefloor/api";
import type { CupInput, EstimateView, PlacedView } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";

import { live } from "../../model/live.ts";
import { putOrder, queue } from "../../model/queue.ts";
import { api, clock, keeper } from "../../model/services.ts";
import type { WalkUp } from "../../model/taps.ts";

export interface Wanted {
  readonly customer_name: string;
  readonly phone: string;
  readonly station_id: number | null;
  readonly items: readonly CupInput[];
  /** When it shall be ready; null for as soon as possible. */
  readonly requested_for: string | null;
  /** The cups in words, for the card of an order without a number. */
  readonly said: string;
}

/** What came of an order: its ticket, or the number for the time being of one that waits. */
export type Ordered = { readonly placed: PlacedView } | { readonly provisional: string };

/** Order now, or keep the order until the server can be reached (rule 73); the same key both ways, so that it comes once. */
export async function order({ customer_name, phone, station_id, items, requested_for, said }: Wanted): Promise<Ordered> {
  const key = newKey();
  const wanted = { customer_name, items: [...items], client_id: key, ...(requested_for === null ? {} : { requested_for }), ...(phone === "" ? {} : { phone }), ...(station_id === null ? {} : { station_id }) };
  if (live.status().line !== "offline" && !queue.isWaiting) {
    try {
      const placed = await body(api.http.POST("/api/orders/", { body: wanted, ...keyed(key) }));
      placed.orders.forEach(putOrder);
      return { placed };
    } catch (error) {
      if (!(error instanceof Problem && error.isOffline)) throw error;
    }
  }
  const provisional = `~${queue.acts().filter(({ kind }) => kind === "create").length + 1}`;
  const own = station_id ?? keeper.read()?.user.station_id ?? null;
  const act: WalkUp = { at: new Date(clock.now()).toISOString(), provisional, said, order: own === null ? wanted : { ...wanted, station_id: own } };
  await queue.add("create", act, key);
  return { provisional };
}

export async function estimate(items: readonly CupInput[]): Promise<{ best: number | null; stations: readonly EstimateView[] }> {
  const { best_station_id, stations } = await body(api.http.POST("/api/orders/estimate", { body: { items: [...items] } }));
  return { best: best_station_id, stations };
}
