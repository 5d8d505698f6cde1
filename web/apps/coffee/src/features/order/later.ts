const LEAST_MS = 5 * 60_000;

/** The moment of today that a clock time stands for; null where it is none, or no five minutes ahead. */
export function momentOf(time: string, now: number): string | null {
  const [hours, minutes] = time.split(":").map(Number);
  if (hours === undefined || minutes === undefined || Number.isNaN(hours + minutes)) return null;
  const moment = new Date(now);
  moment.setHours(hours, minutes, 0, 0);
  return moment.getTime() - now >= LEAST_MS ? moment.toISOString() : null;
}
