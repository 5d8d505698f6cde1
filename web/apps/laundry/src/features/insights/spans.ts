import type { Span } from "./api.ts";

const DAY_MS = 86_400_000;
export const LONGEST = 366;

/** The day in the room at a moment: `2025-03-02`. */
export function dayAt(moment: number, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(moment);
}

const msOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const dayFrom = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The last so many days, today included. */
export function lastDays(count: number, today: string): Span {
  return { from: dayFrom(msOf(today) - (count - 1) * DAY_MS), to: today };
}

/** How many days a span has, both ends in; 0 or less when it runs backwards, NaN when a day is missing. */
export function lengthOf({ from, to }: Span): number {
  return Math.round((msOf(to) - msOf(from)) / DAY_MS) + 1;
}

export type Step = "day" | "week" | "month";

/** So many bars as the eye can follow. */
export function stepFor(days: number): Step {
  return days <= 31 ? "day" : days <= 190 ? "week" : "month";
}

/** The first day of the step that a day belongs to; weeks begin on Monday. */
function stepStart(day: string, step: Step): string {
  if (step === "day") return day;
  if (step === "month") return `${day.slice(0, 7)}-01`;
  const weekday = (new Date(msOf(day)).getUTCDay() + 6) % 7;
  return dayFrom(msOf(day) - weekday * DAY_MS);
}

export interface Bar {
  /** Its first day within the span. */
  readonly day: string;
  readonly washer: number;
  readonly dryer: number;
}

/** Cycles of each type by day, week or month, oldest first. */
export function barsOf(days: readonly { readonly day: string; readonly machine_type: string; readonly cycles: number }[], step: Step): readonly Bar[] {
  const bars = new Map<string, Bar>();
  for (const { day, machine_type, cycles } of days) {
    const start = stepStart(day, step);
    const bar = bars.get(start) ?? { day, washer: 0, dryer: 0 };
    bars.set(start, machine_type === "washer" ? { ...bar, washer: bar.washer + cycles } : { ...bar, dryer: bar.dryer + cycles });
  }
  return [...bars.values()];
}

/** How often each programme ran, most first. */
export function programmesOf(days: readonly { readonly by_category: Readonly<Record<string, number>> }[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { by_category } of days) for (const [code, count] of Object.entries(by_category)) counts.set(code, (counts.get(code) ?? 0) + count);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
