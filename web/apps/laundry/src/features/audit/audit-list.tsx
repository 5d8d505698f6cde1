import { LogList, useNow, type LogEntry, type LogFilter } from "@livefloor/ui";

import { Paged, usePages } from "../../model/loaded.tsx";
import { whenText } from "../../model/times.ts";
import { texts } from "../../texts/admin/index.ts";
import { listAudit, type AuditEntry } from "./api.ts";

interface AuditListProps {
  readonly search: LogFilter;
  readonly crew: ReadonlyMap<string, string>;
}

/** What happened, newest first; each line opens. */
export function AuditList({ search, crew }: AuditListProps) {
  const now = useNow(60_000);
  const pages = usePages(["admin", "audit", search], (cursor) => listAudit(search, cursor));
  return (
    <Paged pages={pages} empty={texts.audit.empty}>
      {(items) => <LogList entries={items.map((entry) => lineOf(entry, crew, now))} />}
    </Paged>
  );
}

function lineOf(entry: AuditEntry, crew: ReadonlyMap<string, string>, now: number): LogEntry {
  const { audit } = texts;
  const data = Object.entries(entry.data).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value, null, 2)] as const);
  return {
    id: entry.id,
    name: entry.name,
    at: entry.at,
    when: whenText(entry.at, now),
    who: actorOf(entry, crew),
    subject: entry.subject,
    facts: [[audit.number, String(entry.seq)], [audit.subjectLabel, entry.subject], ...(entry.actor.id === null ? [] : [[audit.actorId, entry.actor.id] as const]), ...data],
  };
}

function actorOf({ actor: { id, role } }: AuditEntry, crew: ReadonlyMap<string, string>): string {
  const known = id === null ? undefined : crew.get(id);
  if (known !== undefined) return known;
  const { who, person } = texts.audit;
  const word = role !== null && role in who ? who[role as keyof typeof who] : (role ?? "");
  return id === null ? word : person(word, `…${id.slice(-6)}`);
}
