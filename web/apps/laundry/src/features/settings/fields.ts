import type { SettingChanges, SettingKey, Settings } from "./api.ts";

type NumberKey = { [Key in SettingKey]-?: Settings[Key] extends number | undefined ? Key : never }[SettingKey];
type ChoiceKey = "presence_check" | "registration_mode" | "new_device_check";
type ListKey = "pickup_places" | "pickup_reminder_minutes";
export type Unit = "minutes" | "hours" | "days" | "machines" | "people" | "reports" | "turns" | "accounts";

/** Limits of the numbers as the server holds them; a test compares them with its description. */
export const NUMBERS: Readonly<Record<NumberKey, readonly [min: number, max: number, unit: Unit]>> = {
  max_active_per_type: [1, 12, "machines"],
  ending_soon_minutes: [0, 60, "minutes"],
  pickup_grace_minutes: [0, 120, "minutes"],
  abandoned_minutes: [1, 1440, "minutes"],
  finder_hold_minutes: [1, 15, "minutes"],
  claim_window_minutes: [2, 60, "minutes"],
  claim_reminder_minutes: [0, 60, "minutes"],
  rejoin_cooldown_minutes: [0, 60, "minutes"],
  waitlist_max: [1, 500, "people"],
  waitlist_entry_max_hours: [1, 168, "hours"],
  no_show_limit: [1, 20, "turns"],
  no_show_period_days: [1, 90, "days"],
  suspension_hours: [1, 720, "hours"],
  fault_report_disable_threshold: [1, 20, "reports"],
  safety_fault_threshold: [1, 20, "reports"],
  accounts_per_phone: [0, 100, "accounts"],
};

export const CHOICES: Readonly<{ [Key in ChoiceKey]: readonly NonNullable<Settings[Key]>[] }> = {
  presence_check: ["off", "code"],
  registration_mode: ["open", "room_code", "roster"],
  new_device_check: ["guard", "always", "off"],
};

export const GROUPS = {
  room: ["room_name", "timezone"],
  use: ["presence_check", "max_active_per_type", "ending_soon_minutes"],
  pickup: ["pickup_grace_minutes", "pickup_reminder_minutes", "abandoned_minutes", "pickup_places", "finder_hold_minutes"],
  lists: [
    "claim_window_minutes",
    "claim_reminder_minutes",
    "rejoin_cooldown_minutes",
    "waitlist_max",
    "waitlist_entry_max_hours",
    "no_show_limit",
    "no_show_period_days",
    "suspension_hours",
  ],
  faults: ["fault_report_disable_threshold", "safety_fault_threshold"],
  accounts: ["registration_mode", "room_code", "accounts_per_phone", "new_device_check"],
} satisfies Record<string, readonly SettingKey[]>;

/** The settings as they stand in the fields of a form: text, as it was typed. */
export type Typed = Record<SettingKey, string> & { readonly version: number };

export function isNumber(key: SettingKey): key is NumberKey {
  return key in NUMBERS;
}

export function isChoice(key: SettingKey): key is ChoiceKey {
  return key in CHOICES;
}

function textOf(key: SettingKey, value: Settings[SettingKey] | undefined): string {
  if (Array.isArray(value)) return value.join(key === "pickup_places" ? "\n" : ", ");
  return value == null ? "" : String(value);
}

export function typed(settings: Settings): Typed {
  const keys = Object.values(GROUPS).flat();
  return { ...(Object.fromEntries(keys.map((key) => [key, textOf(key, settings[key])])) as Record<SettingKey, string>), version: settings.version };
}

/** A value of the log in the words of the form. */
export function shown(key: SettingKey, value: unknown): string {
  return textOf(key, value as Settings[SettingKey]);
}

export function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

export function numbers(text: string): number[] {
  return text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((word) => wholeNumber(word) ?? Number.NaN);
}

/** A whole number as typed; null for anything else. */
export function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}

/** The changed fields as the server takes them. */
export function parsed(changes: Partial<Typed>): SettingChanges {
  return Object.fromEntries(
    (Object.keys(changes) as (keyof Typed)[]).flatMap((key) => {
      const text = changes[key];
      return key === "version" || typeof text !== "string" ? [] : [[key, valueOf(key, text)]];
    }),
  );
}

function valueOf(key: SettingKey, text: string): Settings[ListKey | SettingKey] {
  if (isNumber(key)) return Number(text);
  if (key === "pickup_places") return lines(text);
  if (key === "pickup_reminder_minutes") return numbers(text);
  if (key === "room_code") return text.trim() === "" ? null : text.trim();
  return text.trim();
}
