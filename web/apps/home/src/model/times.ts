import { locale } from "@livefloor/ui";

function format(at: string | number, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }).format(new Date(at));
}

/** `19:21`, in the zone of the place. */
export function timeText(at: string | number, zone: string): string {
  return format(at, zone, { hour: "2-digit", minute: "2-digit" });
}

/** `Sunday, 2 March` */
export function dayText(at: string | number, zone: string): string {
  return format(at, zone, { weekday: "long", day: "numeric", month: "long" });
}
