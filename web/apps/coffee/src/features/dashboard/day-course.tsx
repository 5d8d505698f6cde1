import { timeText } from "@livefloor/base/times";
import { Bars, EmptyState, FigureTable, useNow } from "@livefloor/ui";

import { texts } from "../../texts/lead/index.ts";

const { timeline: words } = texts.dashboard;

interface Bucket {
  readonly at: string;
  readonly ordered: number;
  readonly completed: number;
  readonly median_wait_seconds: number | null;
}

/** What was ordered and made, quarter of an hour by quarter: bars for the eye, the same numbers as a table. */
export function DayCourse({ buckets }: { readonly buckets: readonly Bucket[] }) {
  const now = useNow(60_000);
  const past = buckets.filter(({ at }) => Date.parse(at) <= now);
  const first = past.findIndex(({ ordered, completed }) => ordered + completed > 0);
  if (first === -1) return <EmptyState>{words.none}</EmptyState>;
  const shown = past.slice(first);
  const most = shown.reduce((best, bucket) => (bucket.ordered > best.ordered ? bucket : best));
  return (
    <>
      <p className="mb-3 text-sm text-muted">{words.text(timeText(most.at), most.ordered)}</p>
      <Bars
        series={[
          { name: words.ordered, className: "bg-brand opacity-60" },
          { name: words.made, className: "bg-running" },
        ]}
        bars={shown.map(({ at, ordered, completed }) => ({ key: at, name: timeText(at), values: [ordered, completed] }))}
      />
      <details className="mt-2">
        <summary className="flex min-h-12 cursor-pointer items-center text-sm font-semibold text-brand-strong">{words.asTable}</summary>
        <FigureTable
          caption={words.title}
          heads={[words.from, words.ordered, words.made, words.wait]}
          rows={shown.map(({ at, ordered, completed, median_wait_seconds: wait }) => ({
            name: timeText(at),
            cells: [ordered, completed, wait === null ? texts.none : texts.minutes(Math.round(wait / 60))],
          }))}
        />
      </details>
    </>
  );
}
