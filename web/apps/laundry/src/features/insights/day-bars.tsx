import { Bars, FigureTable } from "@livefloor/ui";

import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import type { Insights } from "./api.ts";
import { dayText, isType, numberText, secondsText } from "./figures.ts";
import { barsOf, stepFor, type Bar, type Step } from "./spans.ts";

const { insights } = texts;
const TITLES: Record<Step, string> = { day: insights.perDay.title, week: insights.perDay.perWeek, month: insights.perDay.perMonth };

/** Cycles over time: bars for the eye, the same numbers as a table. */
export function DayBars({ figures, days }: { readonly figures: Insights; readonly days: number }) {
  const step = stepFor(days);
  const bars = barsOf(figures.days, step);
  const total = (bar: Bar): number => bar.washer + bar.dryer;
  const most = bars.reduce<Bar | undefined>((best, bar) => (best === undefined || total(bar) > total(best) ? bar : best), undefined);
  if (most === undefined) return null;
  return (
    <section>
      <h2 className="mb-1 text-lg font-bold">{TITLES[step]}</h2>
      <p className="mb-3 text-sm text-muted">{insights.perDay.most(dayText(most.day, step), total(most))}</p>
      <Bars
        isStacked
        series={[
          { name: shared.kinds.washer.Many, className: "bg-brand opacity-60" },
          { name: shared.kinds.dryer.Many, className: "bg-running" },
        ]}
        bars={bars.map(({ day, washer, dryer }) => ({ key: day, name: dayText(day, step), values: [washer, dryer] }))}
      />
      <details className="mt-2">
        <summary className="flex min-h-12 cursor-pointer items-center text-sm font-semibold text-brand-strong">{insights.perDay.asTable}</summary>
        <FigureTable
          caption={TITLES[step]}
          heads={[insights.perDay.when, shared.kinds.washer.Many, shared.kinds.dryer.Many, ...(step === "day" ? [insights.perDay.wait] : [])]}
          rows={bars.map(({ day, washer, dryer }) => ({
            name: dayText(day, step),
            cells: [numberText(washer), numberText(dryer), ...(step === "day" ? [waitsOn(figures, day)] : [])],
          }))}
        />
      </details>
    </section>
  );
}

/** Median wait of each type on a day; medians of days cannot be joined to those of weeks. */
function waitsOn({ days }: Insights, day: string): string {
  const waits = days.filter((figures) => figures.day === day && figures.wait.count > 0);
  if (waits.length === 0) return insights.noWait;
  return waits.map(({ machine_type, wait }) => `${isType(machine_type) ? shared.kinds[machine_type].Many : machine_type} ${secondsText(wait.median_seconds)}`).join(", ");
}
