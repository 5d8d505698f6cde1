import { EmptyState, FigureCards, FigureTable, Table, useNow, type Column } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { loadedWith, type Page } from "../loaded.tsx";
import { whenText } from "../times.ts";
import { Letters, type DeadLetter } from "./letters.tsx";
import { runningTexts as texts } from "./texts.ts";

export type { DeadLetter };

interface Job {
  readonly name: string;
  readonly kind: "timer" | "errand" | "period";
  readonly run_at: string;
  readonly tries: number;
  readonly error: string | null;
}

interface Reader {
  readonly name: string;
  readonly behind: number;
  readonly tries: number;
  readonly next_try_at: string | null;
  readonly error: string | null;
}

/** How what runs by itself gets on, as `parts/running.py` tells it. */
export interface Running {
  readonly head: number;
  readonly processes: readonly { readonly id: string; readonly connections: number }[];
  readonly wires: readonly { readonly name: string; readonly connections: number }[];
  readonly jobs: readonly Job[];
  readonly jobs_total: number;
  readonly jobs_overdue: number;
  readonly readers: readonly Reader[];
  readonly dead_letters: number;
}

/** The routes of the system that shows the page. */
export interface RunningCalls {
  readonly load: () => Promise<Running>;
  readonly letters: (cursor: string | null) => Promise<Page<DeadLetter>>;
  readonly retry: (id: string, key: string) => Promise<void>;
}

const REFRESH_MS = 5_000;
const KEY = ["running"] as const;
const { Loaded } = loadedWith(texts);

/** All that runs by itself, asked for again and again: no frame tells of it. */
export function RunningPanels({ calls }: { readonly calls: RunningCalls }) {
  const query = useQuery({ queryKey: KEY, queryFn: calls.load, staleTime: 0, refetchInterval: REFRESH_MS });
  return (
    <Loaded query={query}>
      {(running) => (
        <div className="flex flex-col gap-8">
          <Figures running={running} />
          <Panel title={texts.letters} intro={texts.lettersIntro}>
            <Letters calls={calls} count={running.dead_letters} after={() => void query.refetch()} />
          </Panel>
          <Panel title={texts.readers}>
            <Readers readers={running.readers} />
          </Panel>
          <Panel title={texts.wires} intro={texts.wiresIntro}>
            <FigureTable caption={texts.wires} heads={[texts.wire, texts.connections]} rows={running.wires.map(({ name, connections }) => ({ name, cells: [connections] }))} />
          </Panel>
          <Panel title={texts.jobs} intro={texts.jobsIntro(running.jobs.length, running.jobs_total)}>
            <Jobs jobs={running.jobs} />
          </Panel>
        </div>
      )}
    </Loaded>
  );
}

function Panel({ title, intro = "", children }: { readonly title: string; readonly intro?: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-2 text-lg font-bold">{title}</h2>
      {intro !== "" && <p className="mb-3 max-w-2xl text-sm text-muted">{intro}</p>}
      {children}
    </section>
  );
}

function Figures({ running }: { readonly running: Running }) {
  const connections = running.processes.reduce((sum, each) => sum + each.connections, 0);
  return (
    <FigureCards
      className="grid-cols-2 lg:grid-cols-5"
      figures={[
        { name: texts.head, value: running.head },
        { name: texts.processes, value: running.processes.length },
        { name: texts.connections, value: connections },
        { name: texts.overdue, value: running.jobs_overdue },
        { name: texts.setAside, value: running.dead_letters, isAlarming: running.dead_letters > 0 },
      ]}
    />
  );
}

function Readers({ readers }: { readonly readers: readonly Reader[] }) {
  const now = useNow(60_000);
  if (readers.length === 0) return <EmptyState>{texts.noReaders}</EmptyState>;
  const columns: readonly Column<Reader>[] = [
    { key: "name", head: texts.reader, cell: ({ name }) => (name.startsWith("webhook:") ? texts.webhook(name.slice(-6)) : name) },
    { key: "behind", head: texts.behind, align: "right", cell: ({ behind }) => behind },
    {
      key: "state",
      head: texts.state,
      cell: ({ tries, next_try_at, error }) => (tries === 0 || next_try_at === null ? texts.fine : <Trouble text={texts.failing(tries, whenText(next_try_at, now))} error={error} />),
    },
  ];
  return <Table caption={texts.readers} columns={columns} rows={readers} rowKey={({ name }) => name} />;
}

function Jobs({ jobs }: { readonly jobs: readonly Job[] }) {
  const now = useNow(60_000);
  if (jobs.length === 0) return <EmptyState>{texts.noJobs}</EmptyState>;
  const columns: readonly Column<Job & { readonly place: number }>[] = [
    { key: "name", head: texts.job, cell: ({ name }) => name },
    { key: "kind", head: texts.kind, cell: ({ kind }) => texts.kinds[kind] },
    { key: "due", head: texts.due, cell: ({ run_at }) => <time dateTime={run_at}>{whenText(run_at, now)}</time> },
    { key: "state", head: texts.state, cell: ({ tries, error }) => (tries === 0 ? texts.waits : <Trouble text={texts.tried(tries, error ?? "")} error={null} />) },
  ];
  return <Table caption={texts.jobs} columns={columns} rows={jobs.map((job, place) => ({ ...job, place }))} rowKey={({ place }) => String(place)} />;
}

function Trouble({ text, error }: { readonly text: string; readonly error: string | null }) {
  return (
    <>
      <span className="font-semibold text-danger">{text}</span>
      {error !== null && <span className="block font-mono text-xs text-muted">{error}</span>}
    </>
  );
}
