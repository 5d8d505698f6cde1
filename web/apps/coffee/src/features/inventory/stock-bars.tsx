import { whenText } from "@livefloor/base/times";
import { Button, cx, EmptyState, useNow } from "@livefloor/ui";

import { LevelMark } from "../../model/level.tsx";
import type { Stock } from "../../model/services.ts";
import { amountText } from "../../model/stock.ts";
import { texts } from "../../texts/stock/index.ts";

const { stock: words } = texts;
const URGENCY: Record<Stock["status"], number> = { out: 0, critical: 1, low: 2, ok: 3 };
const FILLS: Record<Stock["status"], string> = { ok: "bg-free", low: "bg-held", critical: "bg-done", out: "bg-danger" };

interface StockBarsProps {
  readonly station: string;
  readonly rows: readonly Stock[];
  readonly onOpen: (row: Stock) => void;
}

/** The items of a station as bars, what is scarce first. */
export function StockBars({ station, rows, onOpen }: StockBarsProps) {
  if (rows.length === 0) return <EmptyState>{words.empty}</EmptyState>;
  const order = (row: Stock): number => (row.enabled ? URGENCY[row.status] : URGENCY.ok + 1);
  return (
    <>
      <ul className="grid gap-2 lg:grid-cols-2 lg:gap-x-6">
        {[...rows]
          .sort((one, other) => order(one) - order(other) || one.category.localeCompare(other.category) || one.name.localeCompare(other.name))
          .map((row) => (
            <li key={row.code}>
              <Row row={row} station={station} onOpen={() => onOpen(row)} />
            </li>
          ))}
      </ul>
      <p className="mt-3 text-sm text-muted">{words.legend}</p>
    </>
  );
}

function Row({ row, station, onOpen }: { readonly row: Stock; readonly station: string; readonly onOpen: () => void }) {
  const now = useNow(60_000);
  const { name, unit, quantity, reserved, capacity, enabled, status, cups_left, runs_out_at } = row;
  const details = [
    words.amount(amountText(quantity, unit), amountText(capacity, unit)),
    ...(reserved > 0 ? [words.promised(amountText(reserved, unit))] : []),
    ...(cups_left === null ? [] : [words.left(cups_left)]),
    ...(runs_out_at === null ? [] : [words.until(whenText(runs_out_at, now))]),
  ];
  return (
    <article className="flex items-center gap-3 rounded-2xl border border-line bg-card px-3 py-2">
      <div className={cx("min-w-0 flex-1", !enabled && "opacity-70")}>
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <b>{name}</b>
          {enabled ? <LevelMark level={status} word={words.levels[status]} /> : <span className="text-sm text-muted">{words.off}</span>}
        </p>
        {enabled && <Bar row={row} />}
        <p className="text-sm text-muted">{details.join(" · ")}</p>
      </div>
      <Button look="quiet" className="px-3" aria-label={words.changeOf(name, station)} onClick={onOpen}>
        {words.change}
      </Button>
    </article>
  );
}

/** How full it is, what of it is promised, and where the limits are; the words beside say the same. */
function Bar({ row: { status, quantity, reserved, capacity, low_threshold, critical_threshold } }: { readonly row: Stock }) {
  const whole = Math.max(capacity, quantity, 1);
  const part = (amount: number): string => `${(100 * Math.min(amount, whole)) / whole}%`;
  return (
    <div aria-hidden="true" className="relative my-1 h-3 overflow-hidden rounded-full bg-off-soft">
      <div className={cx("absolute inset-y-0 left-0", FILLS[status])} style={{ width: part(Math.max(0, quantity - reserved)) }} />
      <div className={cx("absolute inset-y-0 opacity-45", FILLS[status])} style={{ left: part(Math.max(0, quantity - reserved)), width: part(Math.min(reserved, quantity)) }} />
      <div className="absolute inset-y-0 w-0.5 bg-ink" style={{ left: part(low_threshold) }} />
      <div className="absolute inset-y-0 w-0.5 bg-ink" style={{ left: part(critical_threshold) }} />
    </div>
  );
}
