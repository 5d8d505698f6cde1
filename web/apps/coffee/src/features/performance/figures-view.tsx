import type { NamedStats, Overview, UserStats } from "@livefloor/api/coffee";
import { Bars, EmptyState, FigureCards, FigureTable, ShareBar, Table, type Column } from "@livefloor/ui";
import type { ReactNode } from "react";

import { minutesText, numberText, shareText } from "../../model/figures.ts";
import { texts } from "../../texts/lead/index.ts";
import { drinksOf, hoursOf } from "./spans.ts";

const { performance: words } = texts;
const { head, shiftHead } = words;
const hourText = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;
const remakesText = ({ remakes, remake_rate }: UserStats): string => words.remakes(remakes, shareText(remake_rate));
const ratingText = ({ rating_average: average, rating_count: count }: Pick<UserStats, "rating_average" | "rating_count">): string => (average === null ? texts.none : words.rating(numberText(average), count));
const rankText = ({ rank: { by_orders: place, of } }: UserStats): string => (place === null ? texts.none : words.rank(place, of));

export function Titled({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-2 text-lg font-bold">{title}</h2>
      {children}
    </section>
  );
}

/** One person's figures at a glance. */
export function PersonCards({ stats }: { readonly stats: UserStats }) {
  return (
    <FigureCards
      figures={[
        { name: head.cups, value: numberText(stats.orders_completed) },
        { name: head.pace, value: numberText(stats.orders_per_hour) },
        { name: head.make, value: minutesText(stats.median_make_seconds), hint: `${head.p90}: ${minutesText(stats.p90_make_seconds)}` },
        { name: head.onTime, value: shareText(stats.on_time_rate) },
        { name: head.remakes, value: remakesText(stats) },
        { name: head.rating, value: ratingText(stats) },
        { name: head.rank, value: rankText(stats) },
      ]}
    />
  );
}

/** The figures of all cups at a glance. */
export function AllCards({ overview: { figures } }: { readonly overview: Overview }) {
  return (
    <FigureCards
      figures={[
        { name: head.cups, value: numberText(figures.completed) },
        { name: texts.dashboard.tiles.median, value: minutesText(figures.wait.median), hint: `${head.p90}: ${minutesText(figures.wait.p90)}` },
        { name: head.make, value: minutesText(figures.make.median), hint: `${head.p90}: ${minutesText(figures.make.p90)}` },
        { name: words.quote, value: shareText(figures.quote_kept) },
        { name: head.remakes, value: words.remakes(figures.remakes, shareText(figures.remake_rate)) },
        { name: head.rating, value: ratingText(figures) },
      ]}
    />
  );
}

/** All baristas, each in a row. */
export function PeopleTable({ people, name }: { readonly people: readonly NamedStats[]; readonly name: (stats: NamedStats) => ReactNode }) {
  const columns: readonly Column<NamedStats>[] = [
    { key: "name", head: head.name, cell: name },
    { key: "cups", head: head.cups, align: "right", cell: ({ orders_completed }) => numberText(orders_completed) },
    { key: "pace", head: head.pace, align: "right", cell: ({ orders_per_hour }) => numberText(orders_per_hour) },
    { key: "make", head: head.make, align: "right", cell: ({ median_make_seconds }) => minutesText(median_make_seconds) },
    { key: "p90", head: head.p90, align: "right", cell: ({ p90_make_seconds }) => minutesText(p90_make_seconds) },
    { key: "on", head: head.onTime, align: "right", cell: ({ on_time_rate }) => shareText(on_time_rate) },
    { key: "remakes", head: head.remakes, align: "right", cell: remakesText },
    { key: "rating", head: head.rating, align: "right", cell: ratingText },
    { key: "rank", head: head.rank, align: "right", cell: rankText },
  ];
  return <Table caption={words.table} columns={columns} rows={people} rowKey={({ user_id }) => user_id} />;
}

/** Cups by hour of the day: bars for the eye, the same numbers as a table. */
export function ByHour({ people }: { readonly people: readonly UserStats[] }) {
  const hours = hoursOf(people);
  if (hours.length === 0) return <EmptyState>{words.none}</EmptyState>;
  const most = hours.reduce((best, one) => (one.n > best.n ? one : best));
  return (
    <>
      <p className="mb-3 text-sm text-muted">{words.byHourText(hourText(most.hour), most.n)}</p>
      <Bars series={[{ name: head.cups, className: "bg-brand" }]} bars={hours.map(({ hour, n }) => ({ key: String(hour), name: hourText(hour), values: [n] }))} />
      <details className="mt-2">
        <summary className="flex min-h-12 cursor-pointer items-center text-sm font-semibold text-brand-strong">{texts.dashboard.timeline.asTable}</summary>
        <FigureTable caption={words.byHour} heads={[words.hour, head.cups]} rows={hours.map(({ hour, n }) => ({ name: hourText(hour), cells: [numberText(n)] }))} />
      </details>
    </>
  );
}

export function ByDrink({ people, drinkName }: { readonly people: readonly UserStats[]; readonly drinkName: (code: string) => string }) {
  const drinks = drinksOf(people);
  const all = drinks.reduce((sum, { n }) => sum + n, 0);
  if (all === 0) return <EmptyState>{words.none}</EmptyState>;
  return (
    <FigureTable
      caption={words.byDrink}
      heads={[words.drink, head.cups, words.share]}
      rows={drinks.map(({ code, n }) => ({ name: drinkName(code), cells: [numberText(n), <ShareBar share={n / all} text={shareText(n / all)} />] }))}
    />
  );
}

export function Reasons({ reasons }: { readonly reasons: Readonly<Record<string, number>> }) {
  const rows = Object.entries(reasons).sort(([, one], [, other]) => other - one);
  if (rows.length === 0) return <EmptyState>{words.noRemakes}</EmptyState>;
  return (
    <FigureTable
      caption={words.reasons}
      heads={[words.reason, head.cups]}
      rows={rows.map(([reason, n]) => ({ name: (words.reasonNames as Partial<Record<string, string>>)[reason] ?? reason, cells: [numberText(n)] }))}
    />
  );
}

interface NamedShifts {
  readonly user_id: string;
  readonly name: string;
  readonly shifts: UserStats["shifts"];
}

/** Who came, and when. */
export function Shifts({ people }: { readonly people: readonly NamedShifts[] }) {
  const columns: readonly Column<NamedShifts>[] = [
    { key: "name", head: head.name, cell: ({ name }) => <b>{name}</b> },
    { key: "planned", head: shiftHead.planned, align: "right", cell: ({ shifts }) => shifts.planned },
    { key: "worked", head: shiftHead.worked, align: "right", cell: ({ shifts }) => shifts.worked },
    { key: "late", head: shiftHead.late, align: "right", cell: ({ shifts }) => shifts.late },
    { key: "no-show", head: shiftHead.noShow, align: "right", cell: ({ shifts }) => shifts.no_show },
    { key: "hours", head: shiftHead.hours, align: "right", cell: ({ shifts }) => words.hours(numberText(shifts.minutes_worked / 60)) },
  ];
  return <Table caption={words.shifts} columns={columns} rows={people} rowKey={({ user_id }) => user_id} />;
}
