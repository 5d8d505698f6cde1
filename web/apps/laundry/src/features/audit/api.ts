import { body } from "@livefloor/api";
import type { LogFilter } from "@livefloor/ui";

import { api } from "../../model/services.ts";

function queryOf(search: LogFilter): Partial<LogFilter> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ""));
}

export async function listAudit(search: LogFilter, cursor: string | null, limit = 50) {
  const query = { ...queryOf(search), limit, ...(cursor === null ? {} : { cursor }) };
  const found = await body(api.http.GET("/api/v1/admin/audit", { params: { query } }));
  // Text comes only where `format` asks for it.
  if (typeof found === "string") throw new TypeError(found);
  return found;
}

export type AuditEntry = Awaited<ReturnType<typeof listAudit>>["items"][number];

/** What matches, as a file for a spreadsheet. */
export function exportAudit(search: LogFilter): Promise<Blob> {
  return body(api.http.GET("/api/v1/admin/audit", { params: { query: { ...queryOf(search), format: "csv" } }, parseAs: "blob" }));
}
