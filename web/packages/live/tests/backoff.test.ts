import { expect, test } from "vitest";

import { backoffMs } from "../src/backoff.ts";

test("doubles from half a second to thirty seconds", () => {
  const middle = (): number => 0.5;
  expect([0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => backoffMs(attempt, middle))).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("spreads by half in both directions", () => {
  expect(backoffMs(0, () => 0)).toBe(250);
  expect(backoffMs(0, () => 1)).toBe(750);
  expect(backoffMs(20, () => 0)).toBe(15_000);
  expect(backoffMs(20, () => 1)).toBe(45_000);
});
