import { expect, test } from "vitest";

import { isWeakPin } from "../src/model/weak-pin.ts";

test("as many as the rules name", () => {
  const pins = Array.from({ length: 10_000 }, (_, number) => String(number).padStart(4, "0"));
  expect(pins.filter((pin) => isWeakPin(pin))).toHaveLength(294);
});

test.each(["0000", "0123", "9012", "3210", "1212", "1122", "1984", "2029", "2580"])("%s is weak", (pin) => {
  expect(isWeakPin(pin)).toBe(true);
});

test("digits of the own ID and phone", () => {
  expect(isWeakPin("7305", "730512")).toBe(true);
  expect(isWeakPin("7305", "127305")).toBe(true);
  expect(isWeakPin("7305", "173051", "5551237305")).toBe(true);
  expect(isWeakPin("7305", "173051", "5557305123")).toBe(false);
});
