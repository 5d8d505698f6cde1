import { expect, test } from "vitest";

import { drinksOf, hoursOf, spanOf } from "../src/features/performance/spans.ts";

const NOON_IN_SYDNEY = Date.parse("2026-03-03T01:00:00Z");

test("days are those of the event's clock", () => {
  expect(spanOf("event", NOON_IN_SYDNEY, "Australia/Sydney")).toEqual({ name: "event" });
  expect(spanOf("day", NOON_IN_SYDNEY, "Australia/Sydney")).toEqual({ name: "day", from: "2026-03-03", to: "2026-03-03" });
  expect(spanOf("week", NOON_IN_SYDNEY, "America/New_York")).toEqual({ name: "week", from: "2026-02-24", to: "2026-03-02" });
});

test("cups of all are joined by hour and by drink", () => {
  const ada = { by_hour: [{ hour: 9, n: 2 }], by_drink: [{ code: "latte", n: 2 }] };
  const bea = {
    by_hour: [
      { hour: 9, n: 1 },
      { hour: 11, n: 4 },
    ],
    by_drink: [
      { code: "tea", n: 4 },
      { code: "latte", n: 1 },
    ],
  };
  expect(hoursOf([ada, bea])).toEqual([
    { hour: 9, n: 3 },
    { hour: 10, n: 0 },
    { hour: 11, n: 4 },
  ]);
  expect(drinksOf([ada, bea])).toEqual([
    { code: "tea", n: 4 },
    { code: "latte", n: 3 },
  ]);
  expect(hoursOf([])).toEqual([]);
});
