import { body } from "@livefloor/api";
import type { AlertView, Overview, Tiles } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { queryOptions } from "@tanstack/react-query";

import { api, queries } from "../../model/services.ts";

const MOST = 200;
const AGAIN_MS = 60_000;
const COURSE_MS = 20_000;

export const alertsQuery = queryOptions({
  queryKey: ["alerts"],
  queryFn: async (): Promise<readonly AlertView[]> => (await body(api.http.GET("/api/alerts/", { params: { query: { open: true, limit: MOST } } }))).items,
});

export const overviewQuery = queryOptions({ queryKey: ["overview"], queryFn: () => body(api.http.GET("/api/stats/overview")), refetchInterval: AGAIN_MS });

export const timelineQuery = queryOptions({
  queryKey: ["timeline"],
  queryFn: async () => (await body(api.http.GET("/api/stats/timeline", { params: { query: { bucket: "15m" } } }))).items,
  refetchInterval: COURSE_MS,
});

export async function acknowledge(id: string, key: string): Promise<AlertView> {
  const alert = await body(api.http.POST("/api/alerts/{alert_id}/ack", { params: { path: { alert_id: id } }, ...keyed(key) }));
  putAlert(alert);
  return alert;
}

/** Show an alert as it is now; one that is over leaves. */
export function putAlert(alert: AlertView): void {
  queries.setQueryData(alertsQuery.queryKey, (known: readonly AlertView[] | undefined) => {
    if (known === undefined) return known;
    const before = known.find(({ id }) => id === alert.id);
    if (before !== undefined && before.version >= alert.version) return known;
    const others = known.filter(({ id }) => id !== alert.id);
    return alert.closed_at === null ? [alert, ...others] : others;
  });
}

/** The tiles that a tick names; the others stay. */
export function putTiles(tiles: Partial<Tiles>): void {
  queries.setQueryData(overviewQuery.queryKey, (known: Overview | undefined) => known && { ...known, tiles: { ...known.tiles, ...tiles } });
}
