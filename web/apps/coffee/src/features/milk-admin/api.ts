import { body } from "@livefloor/api";
import type { MilkColor, paths } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { queryOptions } from "@tanstack/react-query";

import { api, queries } from "../../model/services.ts";

export type MilkChange = paths["/api/settings/milk-colors"]["post"]["requestBody"]["content"]["application/json"]["milk_colors"][number];

export interface Milks {
  readonly milk_colors: readonly MilkColor[];
  readonly version: number;
}

export const milksQuery = queryOptions({ queryKey: ["settings", "milks"], queryFn: (): Promise<Milks> => body(api.http.GET("/api/settings/milk-colors")), staleTime: 0 });

export async function changeMilks(milk_colors: MilkChange[], version: number): Promise<Milks> {
  const now: Milks = await body(api.http.POST("/api/settings/milk-colors", { body: { milk_colors, version } }));
  queries.setQueryData(milksQuery.queryKey, now);
  return now;
}

export async function addMilk(milk: MilkChange, key: string): Promise<Milks> {
  const now: Milks = await body(api.http.POST("/api/settings/milk-colors", { body: { milk_colors: [milk] }, ...keyed(key) }));
  queries.setQueryData(milksQuery.queryKey, now);
  return now;
}

/** What a new milk may be in the inventory. */
export const milkItemsQuery = queryOptions({
  queryKey: ["inventory", "items", "milk"],
  queryFn: async () => (await body(api.http.GET("/api/inventory/items", { params: { query: { category: "milk", enabled: true } } }))).items,
  staleTime: 0,
});
