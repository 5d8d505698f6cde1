import type { MachineType } from "@livefloor/api/laundry";
import { locale } from "@livefloor/ui";

import { texts } from "../../texts/desk/index.ts";
import type { Step } from "./spans.ts";

const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
const finePercent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

export function numberText(value: number | null): string {
  return value === null ? texts.insights.unknown : number.format(value);
}

/** `42 %`; small shares with a digit more, so that they are not shown as nothing. */
export function shareText(value: number | null): string {
  return value === null ? texts.insights.unknown : (value > 0 && value < 0.1 ? finePercent : percent).format(value);
}

export function secondsText(seconds: number | null): string {
  return seconds === null ? texts.insights.unknown : texts.insights.minutes(Math.round(seconds / 60));
}

const NAMES: Record<Step, Intl.DateTimeFormatOptions> = {
  day: { weekday: "short", day: "numeric", month: "short" },
  week: { day: "numeric", month: "short" },
  month: { month: "long", year: "numeric" },
};

/** The name of a plain day, which has no time zone. */
export function dayText(day: string, step: Step = "week"): string {
  return new Intl.DateTimeFormat(locale, { ...NAMES[step], timeZone: "UTC" }).format(Date.parse(`${day}T00:00:00Z`));
}

/** The figures name types as plain text: a type of before may be gone. */
export function isType(type: string): type is MachineType {
  return type === "washer" || type === "dryer";
}
