import { body, Problem } from "@livefloor/api";
import type { paths } from "@livefloor/api/laundry";
import { download } from "@livefloor/base/download";

import { base } from "../../model/mount.ts";
import { api } from "../../model/services.ts";

type Answer = paths["/api/v1/admin/insights"]["get"]["responses"][200]["content"];
export type Insights = Answer["application/json"];
export type DayFigures = Insights["days"][number];
export type TypeFigures = Insights["types"][number];
export type MachineFigures = Insights["machines"][number];
export type Spread = TypeFigures["wait"];

export interface Span {
  readonly from: string;
  readonly to: string;
}

export async function getInsights({ from, to }: Span): Promise<Insights> {
  return (await body(api.http.GET("/api/v1/admin/insights", { params: { query: { from, to } } }))) as Insights;
}

/** Save the figures as a file. A link alone would come without the session. */
export async function downloadCsv({ from, to }: Span): Promise<void> {
  const response = await api.send(new Request(new URL(`api/v1/admin/insights?${new URLSearchParams({ from, to, format: "csv" })}`, base)));
  if (!response.ok) throw new Problem(response.status, "unavailable", response.statusText);
  download(await response.blob(), `insights-${from}-${to}.csv`);
}
