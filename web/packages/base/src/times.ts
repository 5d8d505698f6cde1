import { locale } from "@livefloor/ui";

const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
const DATE: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };

let zone: string | undefined;
/** Making one takes a slow phone some 70 ms: each is made when it is first needed, and once. */
const formats = new Map<Intl.DateTimeFormatOptions, Intl.DateTimeFormat>();

/** Times are the room's: that is where people walk to. */
export function setTimeZone(name: string): void {
  zone = name;
  formats.clear();
}

type Moment = string | number;

function format(moment: Moment, options: Intl.DateTimeFormatOptions): string {
  const found = formats.get(options) ?? formatOf(options);
  formats.set(options, found);
  return found.format(new Date(moment));
}

function formatOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat(locale, options); // a zone that this browser does not know
  }
}

/** `19:21` */
export function timeText(moment: Moment): string {
  return format(moment, TIME);
}

/** `3 Mar` */
export function dateText(moment: Moment): string {
  return format(moment, DATE).replace(" ", "\u00a0");
}

/** `19:21` today, `3 Mar, 19:21` else. */
export function whenText(moment: Moment, now: number): string {
  return dateText(moment) === dateText(now) ? timeText(moment) : `${dateText(moment)}, ${timeText(moment)}`;
}
