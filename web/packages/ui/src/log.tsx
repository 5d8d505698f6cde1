import { useState, type SyntheticEvent } from "react";

import { Button } from "./button.tsx";
import { Field, Select } from "./field.tsx";
import { BackIcon } from "./icons.tsx";

/** What to look for in a log; "" leaves a condition out. Days are the place's. */
export interface LogFilter {
  readonly name: string;
  readonly actor: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
}

export const WHOLE_LOG: LogFilter = { name: "", actor: "", subject: "", from: "", to: "" };

export interface LogSearchProps {
  readonly filter: LogFilter;
  readonly words: {
    readonly name: string;
    readonly nameHint: string;
    readonly actor: string;
    readonly anyone: string;
    readonly subject: string;
    readonly subjectHint: string;
    readonly from: string;
    readonly to: string;
    readonly search: string;
    readonly reset: string;
  };
  /** What is offered while a name is typed. */
  readonly names: readonly string[];
  /** Who may be asked for, by what the log calls them. */
  readonly actors: readonly (readonly [id: string, name: string])[];
  readonly onSearch: (filter: LogFilter) => void;
}

/** The conditions; they are used when the person says so. */
export function LogSearch({ filter, words, names, actors, onSearch }: LogSearchProps) {
  const [typed, setTyped] = useState(filter);
  const set = (change: Partial<LogFilter>): void => setTyped({ ...typed, ...change });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    onSearch({ ...typed, name: typed.name.trim(), subject: typed.subject.trim() });
  };
  return (
    <form noValidate role="search" onSubmit={submit} className="rounded-tile border border-line bg-card p-4">
      <div className="grid items-start gap-4 sm:grid-cols-2 lg:grid-cols-5">
        <Field label={words.name} hint={words.nameHint} list="event-names" value={typed.name} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => set({ name: event.target.value })} />
        <datalist id="event-names">
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Select label={words.actor} value={typed.actor} onChange={(event) => set({ actor: event.target.value })}>
          <option value="">{words.anyone}</option>
          {actors.map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Field label={words.subject} hint={words.subjectHint} value={typed.subject} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => set({ subject: event.target.value })} />
        <Field label={words.from} type="date" value={typed.from} onChange={(event) => set({ from: event.target.value })} />
        <Field label={words.to} type="date" value={typed.to} onChange={(event) => set({ to: event.target.value })} />
      </div>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button type="submit">{words.search}</Button>
        <Button
          look="quiet"
          onClick={() => {
            setTyped(WHOLE_LOG);
            onSearch(WHOLE_LOG);
          }}
        >
          {words.reset}
        </Button>
      </div>
    </form>
  );
}

export interface LogEntry {
  readonly id: string;
  readonly name: string;
  /** The moment as the server says it, and in words. */
  readonly at: string;
  readonly when: string;
  readonly who: string;
  readonly subject: string;
  readonly facts: readonly (readonly [name: string, text: string])[];
}

/** What happened, newest first; each line opens. */
export function LogList({ entries }: { readonly entries: readonly LogEntry[] }) {
  return (
    <ul className="divide-y divide-line rounded-tile border border-line bg-card">
      {entries.map((entry) => (
        <li key={entry.id}>
          <Line entry={entry} />
        </li>
      ))}
    </ul>
  );
}

function Line({ entry: { name, at, when, who, subject, facts } }: { readonly entry: LogEntry }) {
  return (
    <details className="group">
      <summary className="flex min-h-12 cursor-pointer flex-col justify-center gap-y-0.5 rounded-tile px-4 py-2 text-sm md:grid md:grid-cols-[9rem_14rem_1fr_16rem_1rem] md:items-center md:gap-x-4">
        <span className="flex items-baseline justify-between gap-4 md:contents">
          <time dateTime={at} className="order-2 whitespace-nowrap text-muted md:order-none">
            {when}
          </time>
          <code className="font-semibold wrap-anywhere">{name}</code>
        </span>
        <span className="flex items-baseline justify-between gap-4 md:contents">
          <span>{who}</span>
          <span className="ml-auto truncate text-muted md:ml-0">{shortSubject(subject)}</span>
          <BackIcon className="size-4 shrink-0 -rotate-90 self-center text-muted group-open:rotate-90" />
        </span>
      </summary>
      <dl className="grid gap-x-4 gap-y-1 px-4 pt-1 pb-4 text-sm md:grid-cols-[9rem_1fr]">
        {facts.map(([fact, text]) => (
          <Fact key={fact} name={fact} text={text} />
        ))}
      </dl>
    </details>
  );
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="mb-1 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap md:mb-0">{text}</dd>
    </>
  );
}

/** Ids are long and begin with a time: their end tells them apart. */
function shortSubject(subject: string): string {
  return subject.replace(/[0-9a-f]{8}-[0-9a-f-]{20,}([0-9a-f]{6})$/, "…$1");
}
