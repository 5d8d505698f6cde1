import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import type { Settings } from "../src/features/settings/api.ts";
import { check, type Words } from "../src/features/settings/check.ts";
import { GROUPS, NUMBERS, parsed, typed } from "../src/features/settings/fields.ts";

interface Described {
  readonly components: { readonly schemas: Record<string, { readonly properties: Record<string, { readonly minimum?: number; readonly maximum?: number; readonly type?: string }> }> };
}

const description = JSON.parse(readFileSync(new URL("../../../openapi/laundry.json", import.meta.url), "utf8")) as Described;
const server = description.components.schemas.SettingsView?.properties ?? {};

const stored = {
  version: 7,
  room_name: "KY Wash",
  timezone: "UTC",
  presence_check: "off",
  max_active_per_type: 2,
  ending_soon_minutes: 5,
  pickup_grace_minutes: 10,
  abandoned_minutes: 120,
  finder_hold_minutes: 5,
  claim_window_minutes: 10,
  claim_reminder_minutes: 3,
  rejoin_cooldown_minutes: 10,
  waitlist_max: 50,
  waitlist_entry_max_hours: 12,
  no_show_limit: 3,
  no_show_period_days: 7,
  suspension_hours: 24,
  fault_report_disable_threshold: 3,
  safety_fault_threshold: 1,
  accounts_per_phone: 3,
  pickup_places: ["Basket shelf", "Folding table"],
  pickup_reminder_minutes: [30, 60],
  registration_mode: "open",
  room_code: null,
  new_device_check: "guard",
} satisfies Settings;

const words: Words = {
  limitsError: (min, max) => `${min}..${max}`,
  errors: { roomName: "name", zone: "zone", reminders: "reminders", places: "places", roomCode: "code", roomCodeNeeded: "needed", claimReminder: "claim" },
};

test("the form shows every setting of the server, once", () => {
  const keys = Object.values(GROUPS).flat();
  expect([...keys].sort()).toEqual(Object.keys(server).filter((key) => key !== "version").sort());
});

test("the limits of the form are those of the server", () => {
  const theirs = Object.fromEntries(Object.entries(server).flatMap(([key, { type, minimum, maximum }]) => (type === "integer" && key !== "version" ? [[key, [minimum, maximum]]] : [])));
  expect(Object.fromEntries(Object.entries(NUMBERS).map(([key, [min, max]]) => [key, [min, max]]))).toEqual(theirs);
});

test("what is typed comes back as the server takes it", () => {
  const form = typed(stored);
  expect(form.pickup_places).toBe("Basket shelf\nFolding table");
  expect(parsed({ pickup_places: " Shelf \n\nTable", pickup_reminder_minutes: "15, 45;90", pickup_grace_minutes: "12", room_code: " ", version: 8 })).toEqual({
    pickup_places: ["Shelf", "Table"],
    pickup_reminder_minutes: [15, 45, 90],
    pickup_grace_minutes: 12,
    room_code: null,
  });
});

test("what is stored is right", () => {
  expect(check(typed(stored), words)).toEqual({});
});

test.each([
  [{ claim_window_minutes: "1" }, { claim_window_minutes: "2..60", claim_reminder_minutes: "claim" }],
  [{ waitlist_max: "" }, { waitlist_max: "1..500" }],
  [{ waitlist_max: "2.5" }, { waitlist_max: "1..500" }],
  [{ claim_reminder_minutes: "10" }, { claim_reminder_minutes: "claim" }],
  [{ room_name: "  " }, { room_name: "name" }],
  [{ timezone: "Moon/Base" }, { timezone: "zone" }],
  [{ timezone: "+08:00" }, { timezone: "zone" }],
  [{ pickup_reminder_minutes: "30, soon" }, { pickup_reminder_minutes: "reminders" }],
  [{ pickup_places: "Shelf\nshelf" }, { pickup_places: "places" }],
  [{ registration_mode: "room_code" }, { room_code: "needed" }],
  [{ room_code: "abc" }, { room_code: "code" }],
])("%j is told at its field", (change, wrong) => {
  expect(check({ ...typed(stored), ...change }, words)).toEqual(wrong);
});
