import type { EventSettings } from "../../model/settings.ts";

export type Key = Exclude<keyof EventSettings, "sms_wordings">;
export type Unit = "minutes" | "seconds" | "percent" | "cups" | "orders" | "uses" | "days";
type Kind = "switch" | "code" | "word" | "words" | "windows" | "hours";

interface NumberField {
  readonly min: number;
  readonly max: number;
  readonly unit: Unit;
  /** Empty stands for none. */
  readonly optional?: true;
}

const number = (min: number, max: number, unit: Unit): NumberField => ({ min, max, unit });

/** How each setting is typed, with the limits that the server holds it to. */
export const FIELDS: Readonly<Record<Key, Kind | NumberField>> = {
  web_ordering: "switch",
  group_ordering: "switch",
  name_filter: "switch",
  default_country: "code",
  currency: "code",
  service_windows: "windows",
  last_orders_minutes: number(0, 120, "minutes"),
  max_cups_per_ticket: number(1, 6, "cups"),
  max_open_tickets_per_phone: number(1, 20, "orders"),
  max_cups_per_phone_per_day: number(0, 1000, "cups"),
  cup_cap: { ...number(1, 1_000_000, "cups"), optional: true },
  auto_assign: "switch",
  min_quote_minutes: number(0, 60, "minutes"),
  quote_buffer_pct: number(0, 200, "percent"),
  late_minutes: number(1, 240, "minutes"),
  starvation_minutes: number(1, 240, "minutes"),
  uncollected_minutes: number(1, 240, "minutes"),
  board_clear_minutes: number(1, 240, "minutes"),
  auto_failover: "switch",
  offline_grace_seconds: number(20, 3600, "seconds"),
  failover_after_seconds: number(20, 3600, "seconds"),
  failover_keep: number(0, 20, "cups"),
  retention_days: number(1, 365, "days"),
  sms_ordering: "switch",
  ready_sms: "switch",
  ready_sms_delay_seconds: number(0, 120, "seconds"),
  reminder_minutes: number(0, 60, "minutes"),
  substitute_wait_seconds: number(30, 1800, "seconds"),
  quiet_sms_hours: "hours",
  sms_words: "words",
  vip_word: "word",
  vip_word_max_uses: number(0, 10_000, "uses"),
  vip_by_barista: "switch",
};

/** The settings by what they are about; each page shows some of the groups. */
export const GROUPS = {
  ordering: ["web_ordering", "group_ordering", "name_filter", "default_country", "currency"],
  hours: ["service_windows", "last_orders_minutes"],
  limits: ["max_cups_per_ticket", "max_open_tickets_per_phone", "max_cups_per_phone_per_day", "cup_cap"],
  waits: ["auto_assign", "min_quote_minutes", "quote_buffer_pct", "late_minutes", "starvation_minutes"],
  ready: ["uncollected_minutes", "board_clear_minutes"],
  lost: ["auto_failover", "offline_grace_seconds", "failover_after_seconds", "failover_keep"],
  privacy: ["retention_days"],
  texts: ["sms_ordering", "ready_sms", "ready_sms_delay_seconds", "reminder_minutes", "substitute_wait_seconds", "quiet_sms_hours", "sms_words"],
  vip: ["vip_word", "vip_word_max_uses", "vip_by_barista"],
} satisfies Record<string, readonly Key[]>;
export type Group = keyof typeof GROUPS;

export interface Window {
  readonly start: string;
  readonly end: string;
}

/** A setting as it stands in its control: numbers as they were typed, hours as a list. */
export type Value = string | boolean | readonly Window[];
export type Typed = Readonly<Record<Key, Value>> & { readonly version: number };

/** What was typed, of a setting that is text. */
export const textOf = (value: Value): string => (typeof value === "string" ? value.trim() : "");

export const isNumber = (kind: Kind | NumberField): kind is NumberField => typeof kind !== "string";

function typedOf(key: Key, value: EventSettings[Key]): Value {
  if (FIELDS[key] === "hours") return value === null ? [] : [value as Window];
  if (FIELDS[key] === "words") return Object.entries(value as EventSettings["sms_words"]).map(([phrase, code]) => `${phrase} = ${code}`).join("\n");
  if (value === null) return "";
  return typeof value === "number" ? String(value) : (value as Value);
}

export function typed(settings: EventSettings, version: number): Typed {
  const keys = Object.keys(FIELDS) as Key[];
  return { ...(Object.fromEntries(keys.map((key) => [key, typedOf(key, settings[key])])) as Record<Key, Value>), version };
}

function parsedOf(key: Key, value: Value): EventSettings[Key] {
  const kind = FIELDS[key];
  if (isNumber(kind)) return value === "" ? null : Number(value);
  if (kind === "hours") return (value as readonly Window[])[0] ?? null;
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (kind === "code") return text.toUpperCase();
  if (kind === "words") return Object.fromEntries(linesOf(text).map((line) => line.split("=").map((part) => part.trim()) as [string, string]));
  return text === "" ? null : text;
}

/** The changed settings as the server takes them. */
export function parsed(changes: Partial<Typed>): Partial<EventSettings> {
  const keys = (Object.keys(changes) as (Key | "version")[]).filter((key) => key !== "version");
  return Object.fromEntries(keys.map((key) => [key, parsedOf(key, changes[key] ?? "")]));
}

const linesOf = (text: string): readonly string[] => text.split("\n").filter((line) => line.trim() !== "");

interface Words {
  readonly limits: (min: number, max: number) => string;
  readonly letters: (count: number) => string;
  readonly word: string;
  readonly words: string;
  readonly hours: string;
  readonly overlap: string;
}

/** What the server would refuse, said before sending and in the person's language. */
export function check(value: Typed, words: Words): Partial<Record<Key, string>> {
  const wrong: Partial<Record<Key, string>> = {};
  for (const key of Object.keys(FIELDS) as Key[]) {
    const said = wrongOf(key, value[key], words);
    if (said !== null) wrong[key] = said;
  }
  return wrong;
}

function wrongOf(key: Key, value: Value, words: Words): string | null {
  const kind = FIELDS[key];
  if (isNumber(kind)) {
    if (value === "" && kind.optional) return null;
    const count = /^\d{1,7}$/.test(textOf(value)) ? Number(value) : Number.NaN;
    return count >= kind.min && count <= kind.max ? null : words.limits(kind.min, kind.max);
  }
  if (kind === "code") {
    const letters = key === "currency" ? 3 : 2;
    return new RegExp(`^[A-Za-z]{${letters}}$`).test(textOf(value)) ? null : words.letters(letters);
  }
  if (kind === "words") return linesOf(textOf(value)).every((line) => /^[^=]{1,40}=\s*[a-z0-9_]{1,32}\s*$/.test(line)) ? null : words.words;
  if (kind === "word") return value === "" || /^\S{4,20}$/.test(textOf(value)) ? null : words.word;
  if (kind === "hours") return (value as readonly Window[]).every(({ start, end }) => start !== "" && end !== "") ? null : words.hours;
  return kind === "windows" ? wrongWindows(value as readonly Window[], words) : null;
}

function wrongWindows(windows: readonly Window[], words: Words): string | null {
  if (windows.some(({ start, end }) => start === "" || end === "" || start >= end)) return words.hours;
  const ordered = [...windows].sort((one, other) => one.start.localeCompare(other.start));
  return ordered.some((one, place) => one.end > (ordered[place + 1]?.start ?? "99")) ? words.overlap : null;
}
