import { done } from "@livefloor/api";

import { api, type Stock } from "../../model/services.ts";
import { forget, type OldCounts } from "./counts.ts";

/** Send old counts of items that this station has; gives how many they are. */
export async function upload(station: number, counts: OldCounts, known: readonly Stock[]): Promise<number> {
  const lines = counts.lines.filter(({ code }) => known.some((row) => row.code === code || row.item_id === code));
  if (lines.length > 0) {
    await done(api.http.POST("/api/inventory/station/{station_id}", { params: { path: { station_id: station } }, body: { inventory: lines.map((line) => ({ ...line, reason: "count" as const })) } }));
  }
  forget(station);
  return lines.length;
}
