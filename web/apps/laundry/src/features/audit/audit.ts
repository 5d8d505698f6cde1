import { body } from "@livefloor/api";
import { auditWith } from "@livefloor/base/audit";
import type { LogFilter } from "@livefloor/ui";

import { Paged } from "../../model/loaded.tsx";
import { api } from "../../model/services.ts";
import { texts } from "../../texts/admin/index.ts";

type Query = Partial<LogFilter> & { readonly cursor?: string; readonly limit?: number };

async function load(query: Query) {
  const found = await body(api.http.GET("/api/v1/admin/audit", { params: { query } }));
  // Text comes only where `format` asks for it.
  if (typeof found === "string") throw new TypeError(found);
  return found;
}

export type AuditEntry = Awaited<ReturnType<typeof load>>["items"][number];

/** The newest events of a name that are about something. */
export async function newestOf(name: string, subject: string, limit: number): Promise<readonly AuditEntry[]> {
  return (await load({ name, subject, limit })).items;
}

const asFile = (query: Partial<LogFilter>): Promise<Blob> => body(api.http.GET("/api/v1/admin/audit", { params: { query: { ...query, format: "csv" } }, parseAs: "blob" }));

export const { AuditLines, AuditExport } = auditWith({ load, asFile }, texts.audit, Paged);
