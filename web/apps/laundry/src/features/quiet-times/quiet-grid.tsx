import { cx, locale } from "@livefloor/ui";

import { texts } from "../../texts/student/index.ts";
import { levelOf, type Cell, type Grid, type Level } from "./grid.ts";

const LEVELS: readonly Level[] = ["quiet", "usual", "busy", "full"];
const PAINTS: Record<Level, string> = {
  quiet: "bg-free-soft text-free font-bold",
  usual: "bg-running-soft text-running",
  busy: "bg-held-soft text-held",
  full: "bg-done-soft text-done",
};
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** The name of a weekday, 0 is Monday. */
export function dayName(day: number, length: "long" | "short"): string {
  return new Intl.DateTimeFormat(locale, { weekday: length, timeZone: "UTC" }).format(MONDAY + day * DAY_MS);
}

/** `07` or, as a stretch, `07–09`. */
export function hourText(hour: number): string {
  return String(hour).padStart(2, "0");
}

interface QuietGridProps {
  readonly grid: Grid;
  readonly now: Cell;
  readonly caption: string;
}

/** A week of hours: how busy, as a number on a colour, and in words for screen readers. */
export function QuietGrid({ grid, now, caption }: QuietGridProps) {
  const { quiet } = texts;
  return (
    <table className="w-full table-fixed border-separate border-spacing-0.5 text-center text-xs tabular-nums">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" className="w-8 pb-1 font-semibold text-muted">
            <span className="sr-only">{quiet.hour}</span>
          </th>
          {grid.map((_, day) => (
            <th key={day} scope="col" abbr={dayName(day, "long")} className={cx("pb-1 font-semibold", day === now.day ? "text-brand-strong" : "text-muted")}>
              {dayName(day, "short").replace(".", "")}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: 24 }, (_, hour) => (
          <tr key={hour}>
            <th scope="row" className={cx("font-semibold", hour === now.hour ? "text-brand-strong" : "text-muted")}>
              <span aria-hidden="true">{hourText(hour)}</span>
              <span className="sr-only">{quiet.hours(hourText(hour), hourText(hour + 1))}</span>
            </th>
            {grid.map((hours, day) => (
              <QuietCell key={day} share={hours[hour] ?? null} isNow={day === now.day && hour === now.hour} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function QuietCell({ share, isNow }: { readonly share: number | null; readonly isNow: boolean }) {
  const { quiet } = texts;
  const level = share === null ? null : levelOf(share);
  const percent = Math.round((share ?? 0) * 100);
  return (
    <td className={cx("h-7 rounded-md", level === null ? "text-muted" : PAINTS[level], isNow && "font-extrabold ring-2 ring-brand")} aria-current={isNow ? "time" : undefined}>
      <span aria-hidden="true">{level === null ? quiet.unknownMark : percent}</span>
      <span className="sr-only">
        {level === null ? quiet.unknown : quiet.cell(percent, quiet.words[level])}
        {isNow && ` (${quiet.now})`}
      </span>
    </td>
  );
}

/** What the colours mean. */
export function QuietLegend() {
  const { quiet } = texts;
  return (
    <ul aria-label={quiet.legend} className="mb-3 flex flex-wrap gap-x-4 gap-y-1.5 text-xs">
      {LEVELS.map((level) => (
        <li key={level} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={cx("size-4 rounded-sm border border-current", PAINTS[level])} />
          {quiet.words[level]} <span className="text-muted">({quiet.ranges[level]})</span>
        </li>
      ))}
    </ul>
  );
}
