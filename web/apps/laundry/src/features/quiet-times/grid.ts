/** Utilisation 0..1 by weekday (0 is Monday) and hour; null where too little is known. */
export type Grid = readonly (readonly (number | null)[])[];

export type Level = "quiet" | "usual" | "busy" | "full";

export function levelOf(share: number): Level {
  if (share < 0.25) return "quiet";
  if (share < 0.5) return "usual";
  return share < 0.75 ? "busy" : "full";
}

export interface Stretch {
  readonly day: number;
  readonly from: number;
  /** The hour that is no longer part of it. */
  readonly to: number;
  readonly share: number;
}

const FIRST_HOUR = 7;
const LAST_HOUR = 23;
const LENGTH = 2;

/** The quietest stretch of a day between 7 and 23 o'clock, from an hour on: time for one load. */
export function quietestOf(grid: Grid, day: number, fromHour = FIRST_HOUR): Stretch | null {
  let best: Stretch | null = null;
  for (let from = Math.max(FIRST_HOUR, fromHour); from + LENGTH <= LAST_HOUR; from++) {
    const hours = (grid[day] ?? []).slice(from, from + LENGTH).filter((share) => share !== null);
    if (hours.length < LENGTH) continue;
    const share = hours.reduce((sum, hour) => sum + hour, 0) / LENGTH;
    if (best === null || share < best.share) best = { day, from, to: from + LENGTH, share };
  }
  return best;
}

/** The quietest stretches of the week, one of a day at most, the quietest first. */
export function quietest(grid: Grid, count: number): readonly Stretch[] {
  return grid
    .flatMap((_, day) => quietestOf(grid, day) ?? [])
    .sort((a, b) => a.share - b.share)
    .slice(0, count);
}

export interface Cell {
  readonly day: number;
  readonly hour: number;
}

/** Weekday and hour of a moment in a time zone. */
export function cellOf(moment: number, timeZone: string): Cell {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, weekday: "short", hour: "2-digit", hourCycle: "h23" }).formatToParts(moment);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
  return { day: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday")), hour: Number(part("hour")) };
}
