import { localText } from "@livefloor/base/times";

export type SpanName = "event" | "day" | "week" | "own";

/** Whole days of the event's clock; without them the whole event. */
export interface Span {
  readonly name: SpanName;
  readonly from?: string;
  readonly to?: string;
}

const DAY_MS = 24 * 60 * 60_000;

/** The day that the clocks of a zone show, as `2026-03-03`. */
export const dayAt = (moment: number, zone: string): string => localText(moment, zone).slice(0, 10);

export function spanOf(name: SpanName, now: number, zone: string): Span {
  const today = dayAt(now, zone);
  switch (name) {
    case "event":
      return { name };
    case "week":
      return { name, from: dayAt(now - 6 * DAY_MS, zone), to: today };
    default:
      return { name, from: today, to: today };
  }
}

interface Counted {
  readonly by_hour: readonly { readonly hour: number; readonly n: number }[];
  readonly by_drink: readonly { readonly code: string; readonly n: number }[];
}

/** Cups of several people by hour of the day, with the hours between that had none. */
export function hoursOf(people: readonly Counted[]): readonly { readonly hour: number; readonly n: number }[] {
  const counts = new Map<number, number>();
  for (const { hour, n } of people.flatMap(({ by_hour }) => by_hour)) counts.set(hour, (counts.get(hour) ?? 0) + n);
  if (counts.size === 0) return [];
  const [first, last] = [Math.min(...counts.keys()), Math.max(...counts.keys())];
  return Array.from({ length: last - first + 1 }, (_, index) => ({ hour: first + index, n: counts.get(first + index) ?? 0 }));
}

/** Cups of several people by drink, most first. */
export function drinksOf(people: readonly Counted[]): readonly { readonly code: string; readonly n: number }[] {
  const counts = new Map<string, number>();
  for (const { code, n } of people.flatMap(({ by_drink }) => by_drink)) counts.set(code, (counts.get(code) ?? 0) + n);
  return [...counts].map(([code, n]) => ({ code, n })).sort((one, other) => other.n - one.n || one.code.localeCompare(other.code));
}
