import type { StationPage } from "@livefloor/api/coffee";

import type { Stock } from "../../model/services.ts";

export interface Suggestion {
  readonly quantity: number;
  /** A station, or null for new stock. */
  readonly from: number | null;
}

/** What is most likely brought: as much as was asked for, else as much as fits; from a storeroom that has it, as far as it goes. */
export function suggestion(asked: number | null, here: Stock, others: readonly Stock[], stations: readonly StationPage[]): Suggestion {
  const wanted = asked ?? Math.max(1, here.capacity - here.quantity);
  const stores = new Set(stations.filter(({ kind }) => kind === "storage").map(({ id }) => id));
  const best = others.filter(({ station_id, available }) => stores.has(station_id) && available > 0).sort((one, other) => other.available - one.available)[0];
  if (best === undefined) return { quantity: wanted, from: null };
  return { quantity: Math.min(wanted, best.available), from: best.station_id };
}
