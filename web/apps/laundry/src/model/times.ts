import { locale } from "@livefloor/ui";

let zone: string | undefined;

/** Times are the room's: that is where people walk to. */
export function setTimeZone(name: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    zone = name;
  } catch {
    zone = undefined;
  }
}

type Moment = string | number;

function format(moment: Moment, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, zone === undefined ? options : { ...options, timeZone: zone }).format(new Date(moment));
}

/** `19:21` */
export function timeText(moment: Moment): string {
  return format(moment, { hour: "2-digit", minute: "2-digit" });
}

/** `3 Mar` */
export function dateText(moment: Moment): string {
  return format(moment, { day: "numeric", month: "short" }).replace(" ", "\u00a0");
}

/** `19:21` today, `3 Mar, 19:21` else. */
export function whenText(moment: Moment, now: number): string {
  return dateText(moment) === dateText(now) ? timeText(moment) : `${dateText(moment)}, ${timeText(moment)}`;
}
