import { body } from "@livefloor/api";
import type { AuditEntry } from "@livefloor/api/coffee";
import { download } from "@livefloor/base/download";
import { whenText } from "@livefloor/base/times";
import { Button, DownloadIcon, LogList, toast, useNow, type LogEntry, type LogFilter } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";

import { Paged, usePages } from "../../model/loaded.tsx";
import { api } from "../../model/services.ts";
import { texts } from "../../texts/lead/index.ts";

const { audit } = texts;

function asked(filter: LogFilter): Partial<LogFilter> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
}

async function load(filter: LogFilter, cursor: string | null) {
  const found = await body(api.http.GET("/api/audit/", { params: { query: { ...asked(filter), ...(cursor === null ? {} : { cursor }) } } }));
  // Text comes only where `format` asks for it.
  if (typeof found === "string") throw new TypeError(found);
  return found;
}

const asFile = (filter: LogFilter): Promise<Blob> => body(api.http.GET("/api/audit/", { params: { query: { ...asked(filter), format: "csv" } }, parseAs: "blob" }));

interface AuditLinesProps {
  readonly filter: LogFilter;
  readonly names: ReadonlyMap<string, string>;
}

/** What happened, newest first. */
export function AuditLines({ filter, names }: AuditLinesProps) {
  const now = useNow(60_000);
  const pages = usePages(["audit", filter], (cursor) => load(filter, cursor));
  return (
    <Paged pages={pages} empty={audit.empty}>
      {(items) => <LogList entries={items.map((entry) => lineOf(entry, names, now))} />}
    </Paged>
  );
}

function lineOf(entry: AuditEntry, names: ReadonlyMap<string, string>, now: number): LogEntry {
  const data = Object.entries(entry.data).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value, null, 2)] as const);
  return {
    id: entry.id,
    name: entry.name,
    at: entry.at,
    when: whenText(entry.at, now),
    who: whoIs(entry, names),
    subject: entry.subject,
    facts: [[audit.number, String(entry.seq)], [audit.subjectLabel, entry.subject], ...(entry.actor.id === null ? [] : [[audit.actorId, entry.actor.id] as const]), ...data],
  };
}

function whoIs({ actor: { id, role } }: AuditEntry, names: ReadonlyMap<string, string>): string {
  const known = id === null ? undefined : names.get(id);
  if (known !== undefined) return known;
  const word = role !== null && role in audit.who ? audit.who[role as keyof typeof audit.who] : (role ?? "");
  return id === null ? word : audit.person(word, `…${id.slice(-6)}`);
}

/** The same as a file. */
export function AuditExport({ filter }: { readonly filter: LogFilter }) {
  const load = useMutation({ mutationFn: asFile, onSuccess: (file) => download(file, "audit.csv"), onError: (error) => toast(error.message, "bad") });
  return (
    <Button look="quiet" busy={load.isPending && audit.preparing} onClick={() => load.mutate(filter)}>
      <DownloadIcon className="size-5" />
      {audit.csv}
    </Button>
  );
}
