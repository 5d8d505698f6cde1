import { body, done } from "@livefloor/api";
import type { RestockView } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";

import { useFrames } from "../../model/hooks.ts";
import { api } from "../../model/services.ts";

const TOLD = ["restock_requested", "restock_updated"];
const MANY = 100;

/** What this station has asked for and was not brought yet, live. */
export function useAsked(station: number): UseQueryResult<readonly RestockView[]> {
  const queries = useQueryClient();
  const queryKey = ["restock", station];
  useFrames(TOLD, () => void queries.invalidateQueries({ queryKey }));
  return useQuery({
    queryKey,
    queryFn: async () => {
      const { items } = await body(api.http.GET("/api/inventory/restock-requests", { params: { query: { station_id: station, limit: MANY } } }));
      return items.filter(({ status }) => status === "open" || status === "accepted");
    },
    refetchOnMount: "always",
  });
}

export interface Wish {
  readonly station: number;
  readonly code: string;
  readonly urgency: "normal" | "urgent";
}

export function askFor({ station, code, urgency }: Wish, key: string): Promise<RestockView> {
  return body(api.http.POST("/api/inventory/restock-requests", { body: { station_id: station, code, urgency }, ...keyed(key) }));
}

/** Take back the request that a run-out made, when it was no run-out. */
export async function unask(station: number, code: string): Promise<void> {
  const { items } = await body(api.http.GET("/api/inventory/restock-requests", { params: { query: { station_id: station, status: "open", limit: MANY } } }));
  const made = items.find((request) => request.code === code);
  if (made !== undefined) await done(api.http.POST("/api/inventory/restock-requests/{request_id}/cancel", { params: { path: { request_id: made.id } } }));
}
