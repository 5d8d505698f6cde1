function clockOf(moment: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" }).formatToParts(moment);
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
}

/** Noon of a day (`2025-03-07`) in the room, as the server takes it. Staff name a day; noon is on that day for whoever reads it. */
export function noonOf(day: string, zone: string): string {
  const noon = Date.parse(`${day}T12:00:00Z`);
  return new Date(noon - (clockOf(noon, zone) - noon)).toISOString();
}

