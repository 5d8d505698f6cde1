import { expect, test } from "vitest";

import { momentOf, wallTime } from "../src/wall.ts";

test.each([
  ["Asia/Kuala_Lumpur", "2025-03-07T09:30", "2025-03-07T01:30:00.000Z"],
  ["Europe/Berlin", "2025-07-01T00:15", "2025-06-30T22:15:00.000Z"],
  ["Europe/Berlin", "2025-03-30T03:30", "2025-03-30T01:30:00.000Z"],
  ["America/New_York", "2025-11-02T12:00", "2025-11-02T17:00:00.000Z"],
  ["UTC", "2025-01-01T00:00", "2025-01-01T00:00:00.000Z"],
])("in %s the wall shows %s", (zone, wall, moment) => {
  expect(momentOf(wall, zone)).toBe(moment);
  expect(wallTime(moment, zone)).toBe(wall);
});

test("nothing typed is no moment", () => {
  expect(momentOf("", "UTC")).toBeNull();
  expect(wallTime(null, "UTC")).toBe("");
});
