import { body, done } from "@livefloor/api";
import { queryOptions } from "@tanstack/react-query";

import type { Page } from "../../model/loaded.tsx";
import { api, queries } from "../../model/services.ts";
import { csvOf, type RosterRow } from "./parse.ts";

const ROSTER_KEY = ["admin", "roster"];
export const ROSTER_PAGES_KEY = [...ROSTER_KEY, "pages"];
const PER_PAGE = 100;

async function listRoster(cursor: string | null, limit = PER_PAGE) {
  return body(api.http.GET("/api/v1/admin/roster", { params: { query: { limit, ...(cursor === null ? {} : { cursor }) } } }));
}

type Listed = Awaited<ReturnType<typeof listRoster>>;
export type RosterEntry = Listed["items"][number];

export function rosterPage(cursor: string | null): Promise<Page<RosterEntry>> {
  return listRoster(cursor);
}

/** How many may register. */
export const rosterCountQuery = queryOptions({ queryKey: [...ROSTER_KEY, "count"], queryFn: async () => (await listRoster(null, 1)).total, staleTime: 0 });

const reload = (): Promise<void> => queries.invalidateQueries({ queryKey: ROSTER_KEY });

export async function addToRoster(rows: readonly RosterRow[], key: string) {
  const answer = await body(
    api.http.POST("/api/v1/admin/roster", {
      body: csvOf(rows),
      bodySerializer: (text) => text as string,
      headers: { "Content-Type": "text/csv", "Idempotency-Key": key },
    }),
  );
  await reload();
  return answer;
}

export async function takeOffRoster(studentId: string): Promise<void> {
  await done(api.http.DELETE("/api/v1/admin/roster/{student_id}", { params: { path: { student_id: studentId } } }));
  await reload();
}
