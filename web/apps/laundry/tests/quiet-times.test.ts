import { expect, test } from "vitest";

import { cellOf, levelOf, quietest, quietestOf, type Grid } from "../src/features/quiet-times/grid.ts";

const week = (share: (day: number, hour: number) => number | null): Grid => Array.from({ length: 7 }, (_, day) => Array.from({ length: 24 }, (_, hour) => share(day, hour)));

test.each([
  [0, "quiet"],
  [0.249, "quiet"],
  [0.25, "usual"],
  [0.5, "busy"],
  [0.75, "full"],
  [1, "full"],
] as const)("%d is %s", (share, level) => {
  expect(levelOf(share)).toBe(level);
});

test("the quietest two hours of a day, never in the night", () => {
  const grid = week((day, hour) => (hour < 7 ? 0 : day === 2 && (hour === 14 || hour === 15) ? 0.1 : 0.6));
  expect(quietestOf(grid, 2)).toEqual({ day: 2, from: 14, to: 16, share: 0.1 });
  expect(quietestOf(grid, 2, 15)).toMatchObject({ from: 15 });
  expect(quietestOf(grid, 2, 22)).toBeNull();
});

test("an hour that is not known is not called quiet", () => {
  const grid = week((day, hour) => (day === 0 && hour !== 9 ? 0.4 : null));
  expect(quietestOf(grid, 0, 8)).toMatchObject({ from: 10, to: 12 });
  expect(quietestOf(grid, 1)).toBeNull();
});

test("the quietest of the week come first, one of a day at most", () => {
  const grid = week((day, hour) => (hour === 10 || hour === 11 ? day / 10 : 0.9));
  expect(quietest(grid, 3).map(({ day, from }) => [day, from])).toEqual([
    [0, 10],
    [1, 10],
    [2, 10],
  ]);
});

test("now is the hour of the room, not of the phone", () => {
  const sundayNight = Date.parse("2025-03-02T16:30:00Z");
  expect(cellOf(sundayNight, "Asia/Kuala_Lumpur")).toEqual({ day: 0, hour: 0 });
  expect(cellOf(sundayNight, "UTC")).toEqual({ day: 6, hour: 16 });
});
