import { body } from "@livefloor/api";
import type { OrderView } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { useQuery } from "@tanstack/react-query";

import { api } from "../../model/services.ts";

/** What a dragged cup is called in the browser's hands. */
export const CUP = "text/x-cup";

export type Target = number | "auto";

export interface Move {
  readonly ids: readonly string[];
  readonly to: Target;
}

export interface Moved {
  readonly moved: readonly string[];
  readonly refused: readonly { readonly id: string; readonly code: string }[];
}

/** Cups go to a station, each with the waiting ones of its order; one alone says why it does not. */
export async function moveCups({ ids, to }: Move, key: string): Promise<Moved> {
  const [first] = ids;
  if (ids.length === 1 && first !== undefined) {
    await body(api.http.POST("/api/orders/{order_id}/move", { params: { path: { order_id: first } }, body: { station_id: to }, ...keyed(key) }));
    return { moved: ids, refused: [] };
  }
  return body(api.http.POST("/api/orders/move-batch", { body: { order_ids: [...ids], station_id: to }, ...keyed(key) }));
}

/** The moves that shorten the longest wait: proposed, or done. */
export function rebalance(dryRun: boolean, key: string) {
  return body(api.http.POST("/api/orders/rebalance", { body: { dry_run: dryRun }, ...keyed(key) }));
}

const LEAST = 2;

/** Cups of the event that these words name, also those that are gone. */
export function useFound(words: string) {
  const asked = words.trim();
  return useQuery({
    queryKey: ["found", asked],
    enabled: asked.length >= LEAST,
    queryFn: async (): Promise<readonly OrderView[]> => (await body(api.http.GET("/api/orders/", { params: { query: { q: asked, limit: 20 } } }))).items,
    refetchOnMount: "always",
    retry: false,
  });
}
