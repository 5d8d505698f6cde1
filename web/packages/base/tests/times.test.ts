import { expect, test } from "vitest";

import { localText, momentOf } from "../src/times.ts";

test("a time of day is a moment of its zone", () => {
  expect(momentOf("2026-03-03T08:00", "Australia/Sydney")).toBe("2026-03-02T21:00:00.000Z");
  expect(momentOf("2026-07-03T08:00", "Europe/Berlin")).toBe("2026-07-03T06:00:00.000Z");
  expect(momentOf("2026-07-03T00:30", "Asia/Kolkata")).toBe("2026-07-02T19:00:00.000Z");
  expect(localText("2026-07-02T19:00:00Z", "Asia/Kolkata")).toBe("2026-07-03T00:30");
});

test("around a change of the clocks the hour that is shown counts", () => {
  expect(momentOf("2026-03-29T01:30", "Europe/Berlin")).toBe("2026-03-29T00:30:00.000Z");
  expect(momentOf("2026-03-29T03:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
});

test("half a date is none", () => {
  expect(momentOf("", "Europe/Berlin")).toBe("");
});
