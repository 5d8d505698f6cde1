import { isNumber, lines, numbers, NUMBERS, wholeNumber, type Typed } from "./fields.ts";
import type { SettingKey } from "./api.ts";

/** The sentences for what is wrong; given, so that the rules need no page. */
export interface Words {
  readonly limitsError: (min: number, max: number) => string;
  readonly errors: Readonly<Record<"roomName" | "zone" | "reminders" | "places" | "roomCode" | "roomCodeNeeded" | "claimReminder", string>>;
}

type Wrong = Partial<Record<SettingKey, string>>;

/** What the server would refuse, said before sending and in the person's language. */
export function check(value: Typed, { limitsError, errors }: Words): Wrong {
  const wrong: Wrong = {};
  for (const key of Object.keys(NUMBERS) as SettingKey[]) {
    if (!isNumber(key)) continue;
    const [min, max] = NUMBERS[key];
    const count = wholeNumber(value[key]);
    if (count === null || count < min || count > max) wrong[key] = limitsError(min, max);
  }
  if (!isBetween(value.room_name.trim().length, 1, 60)) wrong.room_name = errors.roomName;
  if (!isZone(value.timezone.trim())) wrong.timezone = errors.zone;
  const reminders = numbers(value.pickup_reminder_minutes);
  if (reminders.length > 5 || !reminders.every((minutes) => isBetween(minutes, 1, 1440))) wrong.pickup_reminder_minutes = errors.reminders;
  if (!arePlaces(lines(value.pickup_places))) wrong.pickup_places = errors.places;
  const code = value.room_code.trim();
  if (code === "" && value.registration_mode === "room_code") wrong.room_code = errors.roomCodeNeeded;
  if (code !== "" && !isBetween(code.length, 6, 12)) wrong.room_code = errors.roomCode;
  if (wrong.claim_reminder_minutes === undefined && Number(value.claim_reminder_minutes) >= Number(value.claim_window_minutes)) {
    wrong.claim_reminder_minutes = errors.claimReminder;
  }
  return wrong;
}

function isBetween(count: number, min: number, max: number): boolean {
  return count >= min && count <= max;
}

function arePlaces(places: readonly string[]): boolean {
  const different = new Set(places.map((place) => place.toLowerCase()));
  return isBetween(places.length, 1, 10) && different.size === places.length && places.every((place) => place.length <= 60);
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    // The browser also takes offsets such as +08:00, which name no zone.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
