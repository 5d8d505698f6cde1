import { momentOf, wallTime } from "@livefloor/base/wall";

import type { Plan, Shift } from "../../model/schedules.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What is drawn goes in steps of a quarter of an hour. */
export const STEP = HOUR / 4;
const SHORTEST = STEP;
const LONGEST = 12 * HOUR;
/** Drawn when nothing is planned. */
const [FIRST, LAST] = ["08:00", "18:00"];

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A day as `2025-03-12`, so many days later. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + count * DAY).toISOString().slice(0, 10);
}

/** The Monday of the week of a day. */
export function mondayOf(day: string): string {
  return addDays(day, -((new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7));
}

export const dayOf = (moment: number | string, zone: string): string => wallTime(moment, zone).slice(0, 10);
export const clockOf = (moment: number | string, zone: string): string => wallTime(moment, zone).slice(11, 16);

const at = (day: string, clock: string, zone: string): number => Date.parse(momentOf(`${day}T${clock}`, zone) ?? "");

/** From midnight to midnight there: 23, 24 or 25 hours. */
export function boundsOf(day: string, zone: string): Span {
  return { from: at(day, "00:00", zone), to: at(addDays(day, 1), "00:00", zone) };
}

/** When a new shift would begin: today at the next whole hour that is still of this day, else in the morning. */
export function nextStart(day: string, now: number, zone: string): number {
  if (day !== dayOf(now, zone)) return at(day, FIRST, zone);
  return Math.min(Math.ceil(now / HOUR) * HOUR, boundsOf(day, zone).to - STEP);
}

/** How long it is between two times on the wall there; NaN where one is none. */
export const lengthOf = (starts: string, ends: string, zone: string): number => Date.parse(momentOf(ends, zone) ?? "") - Date.parse(momentOf(starts, zone) ?? "");

export const spanOf = ({ starts_at, ends_at }: Pick<Shift, "starts_at" | "ends_at">): Span => ({ from: Date.parse(starts_at), to: Date.parse(ends_at) });

export const touches = (one: Span, other: Span): boolean => one.from < other.to && other.from < one.to;

/** The stretches without a barista at a station, as far as they lie in a span. */
export function gapsOf(plan: Plan, station: number, within: Span): readonly Span[] {
  const found = plan.coverage.find(({ station_id }) => station_id === station)?.gaps ?? [];
  return found
    .map(({ from, to }) => ({ from: Math.max(Date.parse(from), within.from), to: Math.min(Date.parse(to), within.to) }))
    .filter(({ from, to }) => from < to);
}

/** The hours of a day that are drawn: all that is planned or open, in whole hours. */
export function hoursOf(plan: Plan, day: string): Span {
  const bounds = boundsOf(day, plan.timezone);
  const shifts = plan.schedules.map(spanOf).filter((span) => touches(span, bounds));
  const gaps = plan.coverage.flatMap(({ station_id }) => gapsOf(plan, station_id, bounds));
  const spans = [...shifts, ...gaps];
  if (spans.length === 0) return { from: at(day, FIRST, plan.timezone), to: at(day, LAST, plan.timezone) };
  const first = Math.max(bounds.from, Math.min(...spans.map(({ from }) => from)));
  const last = Math.min(bounds.to, Math.max(...spans.map(({ to }) => to)));
  const from = bounds.from + Math.floor((first - bounds.from) / HOUR) * HOUR;
  return { from, to: Math.min(bounds.to, Math.max(from + 6 * HOUR, bounds.from + Math.ceil((last - bounds.from) / HOUR) * HOUR)) };
}

export function ticksOf({ from, to }: Span): readonly number[] {
  return Array.from({ length: Math.round((to - from) / HOUR) + 1 }, (_, hour) => from + hour * HOUR);
}

/** Rows for spans that overlap: each goes into the first that is free. */
export function rowsOf<Item>(items: readonly Item[], spanOfItem: (item: Item) => Span): { readonly item: Item; readonly row: number }[] {
  const ends: number[] = [];
  return [...items]
    .sort((one, other) => spanOfItem(one).from - spanOfItem(other).from)
    .map((item) => {
      const { from, to } = spanOfItem(item);
      const free = ends.findIndex((end) => end <= from);
      const row = free === -1 ? ends.length : free;
      ends[row] = to;
      return { item, row };
    });
}

export const snap = (moment: number): number => Math.round(moment / STEP) * STEP;

/** A shift as long as one may be, in steps. */
export function fitted({ from, to }: Span): Span {
  const [first, last] = from <= to ? [snap(from), snap(to)] : [snap(to), snap(from)];
  return { from: first, to: Math.min(Math.max(last, first + SHORTEST), first + LONGEST) };
}
