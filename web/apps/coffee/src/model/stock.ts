import { body } from "@livefloor/api";
import type { InventoryRow } from "@livefloor/api/coffee";
import { useAll, type Change } from "@livefloor/live";
import { locale } from "@livefloor/ui";
import { useEffect, useRef } from "react";

import { stockKey } from "./frames.ts";
import { useFrames } from "./hooks.ts";
import { api, store, type Stock } from "./services.ts";

const SETTLE_MS = 700;
const NONE: readonly Stock[] = [];

/** Load the books of a station anew: what is left over, and for how many cups, follows from all of it together. */
export async function loadStock(station: number): Promise<number> {
  const { inventory, seq } = await body(api.http.GET("/api/inventory/station/{station_id}", { params: { path: { station_id: station } } }));
  putStock(station, inventory, seq);
  return seq;
}

export function putStock(station: number, rows: readonly InventoryRow[], seq: number): void {
  store.apply(rows.map((row): Change => ({ kind: "put", collection: "inventory", id: stockKey(station, row.code), version: seq, seq, value: { ...row, station_id: station } })));
}

/** The stock of all stations that were loaded. */
export function useAllStock(): readonly Stock[] {
  return useAll(store, "inventory") ?? NONE;
}

const USING = ["inventory_depleted", "order_created", "order_updated"];

/** Keep the stock of a station, or of all that are told of, fresh while it is shown: cups promise and use it up. */
export function useFreshStock(station: number | null): void {
  const waiting = useRef(new Map<number, ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const timers = waiting.current;
    return () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    };
  }, []);
  useFrames(USING, ({ event, data }) => {
    const { station_id: at } = (event === "order_created" ? (data as { order: object }).order : data) as { station_id?: number | null };
    if (at == null || (station !== null && at !== station) || waiting.current.has(at)) return;
    waiting.current.set(
      at,
      setTimeout(() => {
        waiting.current.delete(at);
        void loadStock(at).catch(() => undefined);
      }, SETTLE_MS),
    );
  });
}

const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const LARGE: Readonly<Record<string, string>> = { g: "kg", ml: "l" };

/** `2.4 l`, `180 g`, `60`: thousands of a unit as its larger one. */
export function amountText(quantity: number, unit: string): string {
  const large = LARGE[unit];
  if (large === undefined) return number.format(quantity);
  return Math.abs(quantity) >= 1000 ? `${number.format(quantity / 1000)} ${large}` : `${number.format(quantity)} ${unit}`;
}
