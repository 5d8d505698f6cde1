import { locale } from "@livefloor/ui";

const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
const DATE: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };

let zone: string | undefined;
/** Making one takes a slow phone some 70 ms: each is made when it is first needed, and once. */
const formats = new Map<Intl.DateTimeFormatOptions, Map<string | undefined, Intl.DateTimeFormat>>();

/** Times are the room's: that is where people walk to. */
export function setTimeZone(name: string): void {
  zone = name;
}

type Moment = string | number;

function format(moment: Moment, options: Intl.DateTimeFormatOptions, timeZone = zone): string {
  const known = formats.get(options) ?? new Map<string | undefined, Intl.DateTimeFormat>();
  formats.set(options, known);
  const found = known.get(timeZone) ?? formatOf(options, timeZone);
  known.set(timeZone, found);
  return found.format(new Date(moment));
}

function formatOf(options: Intl.DateTimeFormatOptions, timeZone: string | undefined): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat(locale, options); // a zone that this browser does not know
  }
}

/** `19:21`, of the room or of another zone. */
export function timeText(moment: Moment, timeZone?: string): string {
  return format(moment, TIME, timeZone);
}

/** `3 Mar` */
export function dateText(moment: Moment, timeZone?: string): string {
  return format(moment, DATE, timeZone).replace(" ", "\u00a0");
}

/** `19:21` today, `3 Mar, 19:21` else. */
export function whenText(moment: Moment, now: number): string {
  return dateText(moment) === dateText(now) ? timeText(moment) : `${dateText(moment)}, ${timeText(moment)}`;
}

/** The moment at which the clocks of a zone show a day and time, as `2026-03-03T08:00`. Empty where there is no such time. */
export function momentOf(local: string, zone: string): string {
  const wanted = local === "" ? Number.NaN : Date.parse(`${local}:00Z`);
  if (Number.isNaN(wanted)) return "";
  // What the clocks show is at most a day off; twice, because the first guess may lie across a change of the clocks.
  let moment = wanted;
  for (let tries = 0; tries < 2; tries++) moment -= Date.parse(`${localText(moment, zone)}:00Z`) - wanted;
  return new Date(moment).toISOString();
}

/** What the clocks of a zone show at a moment, as a field for day and time takes it. */
export function localText(moment: Moment, zone: string): string {
  const options: Intl.DateTimeFormatOptions = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", options).formatToParts(new Date(moment)).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}
