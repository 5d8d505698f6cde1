import { expect, test } from "vitest";

import { compareIds, newerId, seqOf } from "../src/frame.ts";

test("ids are ordered as numbers, not as text", () => {
  expect(compareIds("1051.0", "1050.9")).toBeGreaterThan(0);
  expect(compareIds("1051.2", "1051.10")).toBeLessThan(0);
  expect(compareIds("999.0", "1000.0")).toBeLessThan(0);
  expect(compareIds("7.1", "7.1")).toBe(0);
});

test("the newer of two positions", () => {
  expect(newerId(null, "3.0")).toBe("3.0");
  expect(newerId("10.0", "9.5")).toBe("10.0");
  expect(seqOf("1042.3")).toBe(1042);
  expect(seqOf(null)).toBe(0);
});
