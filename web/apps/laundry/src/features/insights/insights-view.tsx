import { EmptyState, FigureCards, FigureTable, ShareBar, Table, useNow } from "@livefloor/ui";
import type { ReactNode } from "react";

import { useMeta } from "../../model/hooks.ts";
import { whenText } from "../../model/times.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import type { Insights, TypeFigures } from "./api.ts";
import { DayBars } from "./day-bars.tsx";
import { isType, numberText, secondsText, shareText } from "./figures.ts";
import { programmesOf } from "./spans.ts";

const { insights } = texts;
const nameOf = (type: string, number: number): string => (isType(type) ? shared.machine(type, number) : `${type} ${number}`);

/** The figures of a span of days, in words and tables. */
export function InsightsView({ figures, days }: { readonly figures: Insights; readonly days: number }) {
  if (figures.cycles === 0) return <EmptyState>{insights.none}</EmptyState>;
  return (
    <div className="flex flex-col gap-8">
      <Summary figures={figures} />
      <DayBars figures={figures} days={days} />
      <div className="grid items-start gap-8 lg:grid-cols-2">
        <TypesTable types={figures.types} />
        <Programmes figures={figures} />
      </div>
      <MachinesTable figures={figures} />
      <FailedMessages figures={figures} />
    </div>
  );
}

function Titled({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-2 text-lg font-bold">{title}</h2>
      {children}
    </section>
  );
}

function Summary({ figures }: { readonly figures: Insights }) {
  const { summary } = insights;
  const cards = [
    [summary.cycles, numberText(figures.cycles), ""],
    [summary.used, shareText(figures.utilisation), summary.usedHint],
    [summary.walkUp, shareText(figures.walk_up_share), summary.walkUpHint],
    [summary.repair, secondsText(figures.repairs.median_seconds), summary.repairHint(figures.repairs.count)],
  ] as const;
  return (
    <Titled title={summary.title}>
      <FigureCards figures={cards.map(([name, value, hint]) => ({ name, value, hint }))} />
      <p className="mt-3 text-sm text-muted">{insights.live(figures.live.active_connections)}</p>
    </Titled>
  );
}

const ROWS: readonly (readonly [string, (figures: TypeFigures) => string])[] = [
  [insights.types.cycles, ({ cycles }) => numberText(cycles)],
  [insights.types.used, ({ utilisation }) => shareText(utilisation)],
  [insights.types.walkUp, ({ walk_up_share }) => shareText(walk_up_share)],
  [insights.types.joined, ({ joined }) => numberText(joined)],
  [insights.types.wait, ({ wait }) => secondsText(wait.median_seconds)],
  [insights.types.wait90, ({ wait }) => secondsText(wait.p90_seconds)],
  [insights.types.gaveUp, ({ list_abandonment }) => shareText(list_abandonment)],
  [insights.types.noShow, ({ no_show_rate }) => shareText(no_show_rate)],
  [insights.types.pickup, ({ pickup_delay }) => secondsText(pickup_delay.median_seconds)],
  [insights.types.pickup90, ({ pickup_delay }) => secondsText(pickup_delay.p90_seconds)],
  [insights.types.left, ({ left_load_rate }) => shareText(left_load_rate)],
  [insights.types.held, ({ held_minutes }) => insights.minutes(held_minutes)],
  [insights.types.idle, ({ idle_while_waiting_minutes }) => insights.minutes(idle_while_waiting_minutes)],
];

function TypesTable({ types }: { readonly types: readonly TypeFigures[] }) {
  const names = types.map(({ machine_type }) => (isType(machine_type) ? shared.kinds[machine_type].Many : machine_type));
  return (
    <Titled title={insights.types.title}>
      <FigureTable
        caption={insights.types.title}
        heads={[insights.types.figure, ...names]}
        rows={ROWS.map(([name, say]) => ({ name, cells: types.map(say) }))}
      />
    </Titled>
  );
}

function Programmes({ figures }: { readonly figures: Insights }) {
  const { data: meta } = useMeta();
  const labels = new Map(Object.values(meta?.categories ?? {}).flatMap((list) => list.map(({ code, label }) => [code, label] as const)));
  const { programmes } = insights;
  return (
    <Titled title={programmes.title}>
      <FigureTable
        caption={programmes.title}
        heads={[programmes.name, programmes.count, programmes.share]}
        rows={programmesOf(figures.days).map(([code, count]) => ({
          name: labels.get(code) ?? code,
          cells: [numberText(count), <ShareBar share={count / figures.cycles} text={shareText(count / figures.cycles)} />],
        }))}
      />
    </Titled>
  );
}

function MachinesTable({ figures }: { readonly figures: Insights }) {
  const { machines } = insights;
  return (
    <Titled title={machines.title}>
      <Table
        caption={machines.title}
        rows={[...figures.machines].sort((a, b) => b.machine_type.localeCompare(a.machine_type) || a.machine_id - b.machine_id)}
        rowKey={({ machine_type, machine_id }) => `${machine_type}-${machine_id}`}
        columns={[
          { key: "machine", head: machines.machine, cell: ({ machine_type, machine_id }) => <span className="font-semibold">{nameOf(machine_type, machine_id)}</span> },
          { key: "cycles", head: machines.cycles, align: "right", cell: ({ cycles }) => numberText(cycles) },
          { key: "used", head: machines.used, align: "right", cell: ({ utilisation }) => <ShareBar share={utilisation} text={shareText(utilisation)} /> },
          { key: "worked", head: machines.availability, align: "right", cell: ({ availability }) => <ShareBar share={availability} text={shareText(availability)} /> },
          { key: "reports", head: machines.reports, align: "right", cell: ({ reports }) => numberText(reports) },
          { key: "hundred", head: machines.perHundred, align: "right", cell: ({ reports_per_100_cycles }) => numberText(reports_per_100_cycles) },
        ]}
      />
    </Titled>
  );
}

function FailedMessages({ figures: { failed_deliveries: failed } }: { readonly figures: Insights }) {
  const now = useNow(60_000);
  const words = insights.failed;
  return (
    <Titled title={words.title}>
      {failed.length === 0 ? (
        <EmptyState>{words.none}</EmptyState>
      ) : (
        <Table
          caption={words.title}
          rows={failed}
          rowKey={({ user_id, channel, kind, created_at }) => `${user_id} ${channel} ${kind} ${created_at}`}
          columns={[
            { key: "when", head: words.when, cell: ({ created_at }) => whenText(created_at, now) },
            { key: "channel", head: words.channel, cell: ({ channel }) => words.channels[channel] ?? channel },
            { key: "kind", head: words.kind, cell: ({ kind }) => kind },
            { key: "error", head: words.error, cell: ({ error }) => error ?? insights.unknown },
          ]}
        />
      )}
    </Titled>
  );
}
