import { cx } from "./cx.ts";

export interface Bar {
  readonly key: string;
  readonly name: string;
  /** One value for each of the series. */
  readonly values: readonly number[];
}

export interface BarsProps {
  /** Their names, with the class that colours each. */
  readonly series: readonly { readonly name: string; readonly className: string }[];
  readonly bars: readonly Bar[];
  /** Values on top of each other, the first lowest; else side by side. */
  readonly isStacked?: boolean;
}

/** Numbers over time as bars, for the eye alone: whoever shows them gives the same numbers as a table beside. */
export function Bars({ series, bars, isStacked = false }: BarsProps) {
  const total = ({ values }: Bar): number => (isStacked ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values));
  const most = Math.max(1, ...bars.map(total));
  const last = bars.length - 1;
  const ends = [bars[0], ...(last > 1 ? [bars[Math.floor(last / 2)]] : []), ...(last > 0 ? [bars[last]] : [])];
  return (
    <div aria-hidden="true" className="rounded-3xl border border-line bg-card p-4 shadow-card">
      {/* A few bars stay bars. */}
      <div style={{ maxWidth: `${6 * bars.length}rem` }}>
        <div className="flex h-40 items-end gap-px sm:gap-1">
          {bars.map((bar) => (
            <div key={bar.key} title={`${bar.name}: ${bar.values.join(" / ")}`} className={cx("flex h-full flex-1 justify-start", isStacked ? "flex-col-reverse" : "items-end gap-px")}>
              {series.map(({ name, className }, index) => (
                <div
                  key={name}
                  className={cx("rounded-t-sm", className, !isStacked && "flex-1")}
                  style={{ height: `${(100 * (bar.values[index] ?? 0)) / most}%` }}
                />
              ))}
            </div>
          ))}
        </div>
        <p className="mt-2 flex justify-between text-xs text-muted">
          {ends.map((bar) => (
            <span key={bar?.key}>{bar?.name}</span>
          ))}
        </p>
      </div>
      {series.length > 1 && (
        <p className="mt-2 flex flex-wrap gap-x-4 text-sm">
          {series.map(({ name, className }) => (
            <span key={name} className="inline-flex items-center gap-1.5">
              <span className={cx("size-3 rounded-sm", className)} />
              {name}
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
