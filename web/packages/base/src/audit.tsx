import { Button, DownloadIcon, LogList, Refusal, useNow, type LogEntry, type LogFilter } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useId } from "react";

import { download } from "./download.ts";
import { usePages, type loadedWith, type Page } from "./loaded.tsx";
import { whenText } from "./times.ts";

interface AuditEntry {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly at: string;
  readonly subject: string;
  readonly actor: { readonly id: string | null; readonly role: string | null };
  readonly data: Readonly<Record<string, unknown>>;
}

interface AuditCalls {
  readonly load: (query: Partial<LogFilter> & { readonly cursor?: string }) => Promise<Page<AuditEntry>>;
  /** What matches, as a file for a spreadsheet. */
  readonly asFile: (query: Partial<LogFilter>) => Promise<Blob>;
}

interface AuditTexts {
  readonly empty: string;
  readonly number: string;
  readonly subjectLabel: string;
  readonly actorId: string;
  /** Those that act, by their role. */
  readonly who: Readonly<Record<string, string>>;
  readonly person: (role: string, id: string) => string;
  readonly csv: string;
  readonly csvHint?: string;
  readonly preparing: string;
}

interface AuditLinesProps {
  readonly filter: LogFilter;
  /** Names of people, by id. */
  readonly names: ReadonlyMap<string, string>;
}

function asked(filter: LogFilter): Partial<LogFilter> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
}

/** The log of a system as `parts/audit.py` tells it, in an app's own words. */
export function auditWith({ load, asFile }: AuditCalls, words: AuditTexts, Paged: ReturnType<typeof loadedWith>["Paged"]) {
  const whoIs = ({ actor: { id, role } }: AuditEntry, names: ReadonlyMap<string, string>): string => {
    const known = id === null ? undefined : names.get(id);
    if (known !== undefined) return known;
    const word = (role === null ? undefined : words.who[role]) ?? role ?? "";
    return id === null ? word : words.person(word, `…${id.slice(-6)}`);
  };
  const lineOf = (entry: AuditEntry, names: ReadonlyMap<string, string>, now: number): LogEntry => {
    const { id, seq, name, at, subject, actor } = entry;
    const data = Object.entries(entry.data).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value, null, 2)] as const);
    const facts = [[words.number, String(seq)], [words.subjectLabel, subject], ...(actor.id === null ? [] : [[words.actorId, actor.id] as const]), ...data] as const;
    return { id, name, at, subject, facts, when: whenText(at, now), who: whoIs(entry, names) };
  };

  /** What happened, newest first; each line opens. */
  function AuditLines({ filter, names }: AuditLinesProps) {
    const now = useNow(60_000);
    const pages = usePages(["audit", filter], (cursor) => load({ ...asked(filter), ...(cursor === null ? {} : { cursor }) }));
    return (
      <Paged pages={pages} empty={words.empty}>
        {(items) => <LogList entries={items.map((entry) => lineOf(entry, names, now))} />}
      </Paged>
    );
  }

  /** The same as a file. */
  function AuditExport({ filter }: { readonly filter: LogFilter }) {
    const hint = useId();
    const file = useMutation({ mutationFn: () => asFile(asked(filter)), onSuccess: (found) => download(found, "audit.csv") });
    return (
      <div className="flex flex-col items-start gap-2">
        <Button look="quiet" {...(words.csvHint === undefined ? {} : { "aria-describedby": hint })} busy={file.isPending && words.preparing} onClick={() => file.mutate()}>
          <DownloadIcon className="size-5" />
          {words.csv}
        </Button>
        {words.csvHint !== undefined && (
          <p id={hint} className="text-sm text-muted">
            {words.csvHint}
          </p>
        )}
        <Refusal error={file.error} />
      </div>
    );
  }

  return { AuditLines, AuditExport };
}
