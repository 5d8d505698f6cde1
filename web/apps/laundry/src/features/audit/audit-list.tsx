import { BackIcon, useNow } from "@livefloor/ui";

import { Paged, usePages } from "../../model/loaded.tsx";
import { whenText } from "../../model/times.ts";
import { texts } from "../../texts/admin/index.ts";
import { listAudit, type AuditEntry, type Search } from "./api.ts";

interface AuditListProps {
  readonly search: Search;
  readonly crew: ReadonlyMap<string, string>;
}

/** What happened, newest first; each line opens. */
export function AuditList({ search, crew }: AuditListProps) {
  const pages = usePages(["admin", "audit", search], (cursor) => listAudit(search, cursor));
  return (
    <Paged pages={pages} empty={texts.audit.empty}>
      {(items) => (
        <ul className="divide-y divide-line rounded-tile border border-line bg-card">
          {items.map((entry) => (
            <li key={entry.id}>
              <Line entry={entry} crew={crew} />
            </li>
          ))}
        </ul>
      )}
    </Paged>
  );
}

function Line({ entry, crew }: { readonly entry: AuditEntry; readonly crew: ReadonlyMap<string, string> }) {
  const now = useNow(60_000);
  const { audit } = texts;
  return (
    <details className="group">
      <summary className="flex min-h-12 cursor-pointer flex-col justify-center gap-y-0.5 rounded-tile px-4 py-2 text-sm md:grid md:grid-cols-[9rem_14rem_1fr_16rem_1rem] md:items-center md:gap-x-4">
        <span className="flex items-baseline justify-between gap-4 md:contents">
          <time dateTime={entry.at} className="order-2 whitespace-nowrap text-muted md:order-none">
            {whenText(entry.at, now)}
          </time>
          <code className="font-semibold wrap-anywhere">{entry.name}</code>
        </span>
        <span className="flex items-baseline justify-between gap-4 md:contents">
          <span>{actorOf(entry, crew)}</span>
          <span className="ml-auto truncate text-muted md:ml-0">{shortSubject(entry.subject)}</span>
          <BackIcon className="size-4 shrink-0 -rotate-90 self-center text-muted group-open:rotate-90" />
        </span>
      </summary>
      <dl className="grid gap-x-4 gap-y-1 px-4 pt-1 pb-4 text-sm md:grid-cols-[9rem_1fr]">
        <Fact name={audit.number}>{String(entry.seq)}</Fact>
        <Fact name={audit.subjectLabel}>{entry.subject}</Fact>
        {entry.actor.id !== null && <Fact name={audit.actorId}>{entry.actor.id}</Fact>}
        {Object.entries(entry.data).map(([key, value]) => (
          <Fact key={key} name={key}>
            {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
          </Fact>
        ))}
      </dl>
    </details>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="mb-1 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap md:mb-0">{children}</dd>
    </>
  );
}

/** Ids are long and begin with a time: their end tells them apart. */
function shortSubject(subject: string): string {
  return subject.replace(/[0-9a-f]{8}-[0-9a-f-]{20,}([0-9a-f]{6})$/, "…$1");
}

function actorOf({ actor: { id, role } }: AuditEntry, crew: ReadonlyMap<string, string>): string {
  const known = id === null ? undefined : crew.get(id);
  if (known !== undefined) return known;
  const { who, person } = texts.audit;
  const word = role !== null && role in who ? who[role as keyof typeof who] : (role ?? "");
  return id === null ? word : person(word, `…${id.slice(-6)}`);
}
