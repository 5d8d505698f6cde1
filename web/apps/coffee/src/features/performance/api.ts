import { body } from "@livefloor/api";
import type { NamedStats, Overview, UserStats } from "@livefloor/api/coffee";
import { download } from "@livefloor/base/download";

import { api } from "../../model/services.ts";
import type { Span } from "./spans.ts";

export type Table = "performance" | "orders" | "inventory" | "shifts";

export interface Asked {
  readonly span: Span;
  readonly station: number | null;
}

function queryOf({ span: { from, to }, station }: Asked) {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), ...(station === null ? {} : { station_id: station }) };
}

/** The figures of all baristas, and those of the cups together. */
export async function loadAll(asked: Asked): Promise<{ readonly people: readonly NamedStats[]; readonly overview: Overview }> {
  const params = { params: { query: queryOf(asked) } };
  const [{ items: people }, overview] = await Promise.all([body(api.http.GET("/api/stats/performance", params)), body(api.http.GET("/api/stats/overview", params))]);
  return { people, overview };
}

export function loadOne(id: string, span: Span): Promise<UserStats> {
  return body(api.http.GET("/api/users/{user_id}/stats", { params: { path: { user_id: id }, query: queryOf({ span, station: null }) } }));
}

/** Save a table as a file. A link alone would come without the session. */
export async function saveTable({ what, asked }: { readonly what: Table; readonly asked: Asked }): Promise<void> {
  download(await body(api.http.GET("/api/stats/export.csv", { params: { query: { ...queryOf(asked), what } }, parseAs: "blob" })), `${what}.csv`);
}
