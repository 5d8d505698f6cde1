import { clockText, locale } from "@livefloor/ui";

const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
const finePercent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const UNKNOWN = "–";

export const numberText = (value: number | null): string => (value === null ? UNKNOWN : number.format(value));

/** `42 %`; small shares with a digit more, so that they are not shown as nothing. */
export const shareText = (value: number | null): string => (value === null ? UNKNOWN : (value > 0 && value < 0.1 ? finePercent : percent).format(value));

/** `0:48` minutes and seconds; nothing known is no time at all. */
export const minutesText = (seconds: number | null): string => (seconds === null ? UNKNOWN : clockText(Math.round(seconds)));
