import { body } from "@livefloor/api";

import { api } from "../../model/services.ts";

/** What to look for; "" leaves a condition out. Days are the room's. */
export interface Search {
  readonly name: string;
  readonly actor: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
}

export const EVERYTHING: Search = { name: "", actor: "", subject: "", from: "", to: "" };

function queryOf(search: Search): Partial<Search> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ""));
}

export async function listAudit(search: Search, cursor: string | null, limit = 50) {
  const query = { ...queryOf(search), limit, ...(cursor === null ? {} : { cursor }) };
  const found = await body(api.http.GET("/api/v1/admin/audit", { params: { query } }));
  // Text comes only where `format` asks for it.
  if (typeof found === "string") throw new TypeError(found);
  return found;
}

export type AuditEntry = Awaited<ReturnType<typeof listAudit>>["items"][number];

/** What matches, as a file for a spreadsheet. */
export function exportAudit(search: Search): Promise<Blob> {
  return body(api.http.GET("/api/v1/admin/audit", { params: { query: { ...queryOf(search), format: "csv" } }, parseAs: "blob" }));
}
