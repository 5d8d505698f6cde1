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
