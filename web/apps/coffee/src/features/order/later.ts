import { momentAt } from "@livefloor/base/wall";

const LEAST_MS = 5 * 60_000;

/** The coming moment at which the event's clock shows a time; null where it is none, or no five minutes ahead. */
export function momentOf(time: string, now: number, zone: string): string | null {
  const moment = momentAt(time, now, zone);
  return moment !== null && Date.parse(moment) - now >= LEAST_MS ? moment : null;
}
