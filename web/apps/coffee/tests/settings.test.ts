import type { MilkColor } from "@livefloor/api/coffee";
import { expect, test } from "vitest";

import { check, parsed, typed } from "../src/features/event-settings/fields.ts";
import { codeFrom } from "../src/features/menu-admin/codes.ts";
import { contrast, distance, textOn } from "../src/features/milk-admin/colours.ts";
import { drawn, parsed as milkChanges, typed as typedMilks, wrongOf } from "../src/features/milk-admin/typed.ts";
import { bracesWrong, filled, unitsOf } from "../src/features/texting/septets.ts";
import type { EventSettings } from "../src/model/settings.ts";
import { texts } from "../src/texts/settings/en.ts";

const SETTINGS = { late_minutes: 10, vip_word: null, cup_cap: null, web_ordering: true, quiet_sms_hours: null, sms_words: { flattie: "flat_white", moo: "full" }, currency: "AUD", default_country: "AU", service_windows: [{ start: "08:00", end: "18:00" }] } as unknown as EventSettings;

test("settings are typed as text, and only what was typed is sent, as the server takes it", () => {
  const stored = typed(SETTINGS, 4);
  expect(stored).toMatchObject({ late_minutes: "10", vip_word: "", cup_cap: "", quiet_sms_hours: [], sms_words: "flattie = flat_white\nmoo = full", version: 4 });
  expect(parsed({ sms_words: "flattie=flat_white\n\n big one = large \n" })).toEqual({ sms_words: { flattie: "flat_white", "big one": "large" } });
  expect(parsed({ late_minutes: "8", vip_word: " sesame ", cup_cap: "", quiet_sms_hours: [{ start: "22:00", end: "07:00" }], currency: "eur", web_ordering: false })).toEqual({
    late_minutes: 8,
    vip_word: "sesame",
    cup_cap: null,
    quiet_sms_hours: { start: "22:00", end: "07:00" },
    currency: "EUR",
    web_ordering: false,
  });
});

test("what the server would refuse is said before sending", () => {
  const wrong = (change: object) => check({ ...typed(SETTINGS, 1), ...change }, texts.event.errors);
  expect(wrong({})).not.toHaveProperty("late_minutes");
  expect(wrong({ late_minutes: "0" }).late_minutes).toBe("A whole number from 1 to 240.");
  expect(wrong({ cup_cap: "" }).cup_cap).toBeUndefined();
  expect(wrong({ vip_word: "abc" }).vip_word).toBeDefined();
  expect(wrong({ sms_words: "flattie = Flat white" }).sms_words).toBe("One on each line, as: flattie = flat_white");
  expect(wrong({ currency: "EURO" }).currency).toBe("3 letters.");
  const window = (start: string, end: string) => ({ start, end });
  expect(wrong({ service_windows: [window("08:00", "12:00"), window("11:00", "13:00")] }).service_windows).toBe("These hours overlap.");
  expect(wrong({ service_windows: [window("13:00", "14:00"), window("08:00", "12:00")] }).service_windows).toBeUndefined();
  expect(wrong({ quiet_sms_hours: [window("22:00", "")] }).quiet_sms_hours).toBeDefined();
});

test("rule 56: the length of a text is counted in septets, and in units where a letter has none", () => {
  expect(unitsOf("Mina")).toEqual({ units: 4, isPlain: true });
  expect(unitsOf("{}€")).toEqual({ units: 6, isPlain: true });
  expect(unitsOf("schön")).toEqual({ units: 5, isPlain: true });
  expect(unitsOf("café ☕")).toEqual({ units: 6, isPlain: false });
});

test("what stands in braces must stay, and nothing else can be filled in", () => {
  const original = "{name}, {number} is ready.";
  expect(bracesWrong(original, "{number} for {name}")).toEqual({ missing: [], unknown: [] });
  expect(bracesWrong(original, "{name}: {place}")).toEqual({ missing: ["{number}"], unknown: ["{place}"] });
  expect(filled(original)).toBe("Mina, A17 is ready.");
});

test("rule 21: colours are as far apart, and as readable, as the server reckons them", () => {
  // Pair 1 and 25 of the standard's test data lie outside sRGB; these are measured by the server's own rules.
  expect(distance("#1e66d0", "#1e66d0")).toBe(0);
  expect(distance("#ffffff", "#000000")).toBeCloseTo(100, 0);
  expect(distance("#1e66d0", "#1e66d1")).toBeLessThan(1);
  expect(distance("#d9a441", "#2e8b57")).toBeGreaterThan(15);
  expect(contrast("#ffffff", "#000000")).toBe(21);
  expect([textOn("#d9a441"), textOn("#1e66d0")]).toEqual(["#000000", "#ffffff"]);
});

const milk = (code: string, color: string, letter: string): MilkColor => ({ code, name: code, color, text_color: textOn(color), letter, pattern: "solid", dairy: false, allergens: [], enabled: true, sort: 1, version: 1 });

test("milks are typed together, drawn as they would be, and sent one by one", () => {
  const [oat, soy] = [milk("oat", "#d9a441", "O"), milk("soy", "#2e8b57", "S")];
  const value = { ...typedMilks({ milk_colors: [oat, soy], version: 7 }), "oat.color": "#1e66d0", "oat.letter": "s" };
  const shown = drawn(oat, value);
  expect(shown).toMatchObject({ color: "#1e66d0", letter: "S", text_color: "#ffffff" });
  expect(wrongOf(shown, "#1e66d0", [shown, soy], texts.milks.errors)).toEqual({ letter: "soy has this letter." });
  expect(wrongOf({ ...shown, letter: "O", color: "#2e8b58", text_color: "#000000" }, "#2e8b58", [soy], texts.milks.errors)).toEqual({ color: "Looks too much like soy." });
  expect(drawn(oat, { ...value, "oat.color": "#1e" }).color).toBe("#d9a441");
  expect(milkChanges({ "oat.color": "#1e66d0", "soy.enabled": false, "oat.sort": 2, version: 7 })).toEqual([
    { code: "oat", color: "#1e66d0", sort: 2 },
    { code: "soy", enabled: false },
  ]);
});

test("a code is made of a name", () => {
  expect(codeFrom(" Café Crème ")).toBe("cafe_creme");
  expect(codeFrom("☕")).toBeNull();
});
