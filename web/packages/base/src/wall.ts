const HALF_DAY_MS = 12 * 60 * 60_000;

/** A moment as the clock on the wall of the place shows it, in the form of a `datetime-local` field; "" for none. */
export function wallTime(moment: string | number | null, zone: string): string {
  if (moment === null) return "";
  // Sweden writes dates as the field wants them.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(new Date(moment)).replace(" ", "T");
}

/** The moment of a time on that wall; null for none. Of an hour that the clocks skip or repeat it gives one near. */
export function momentOf(wall: string, zone: string): string | null {
  const asIfUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asIfUtc)) return null;
  const ahead = (at: number): number => Date.parse(`${wallTime(at, zone)}Z`) - Math.floor(at / 60_000) * 60_000;
  const near = asIfUtc - ahead(asIfUtc);
  return new Date(asIfUtc - ahead(near)).toISOString();
}

/** Noon of a day (`2025-03-07`) at the place: a day that is named is that day for whoever reads it. */
export function noonOf(day: string, zone: string): string | null {
  return momentOf(`${day}T12:00`, zone);
}

/** The moment at which the clock there shows a time (`09:30`): today's, or tomorrow's where that of today is half a day past; null for no time. */
export function momentAt(time: string, now: number, zone: string): string | null {
  const today = momentOf(`${wallTime(now, zone).slice(0, 10)}T${time}`, zone);
  if (today === null || now - Date.parse(today) <= HALF_DAY_MS) return today;
  return momentOf(`${wallTime(now + HALF_DAY_MS, zone).slice(0, 10)}T${time}`, zone);
}
