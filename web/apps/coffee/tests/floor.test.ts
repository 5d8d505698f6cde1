import type { OrderView } from "@livefloor/api/coffee";
import { expect, test } from "vitest";

import { byNumber, matches } from "../src/features/floor/find.ts";
import { momentOf } from "../src/features/order/later.ts";

const cup = (number: string, customer_name = "Mina", phone_masked: string | null = "•••482"): OrderView => ({ id: number, number, customer_name, phone_masked }) as OrderView;

test("a cup is found by its number, the name, or the end of the phone number", () => {
  for (const words of ["", "a1", "min", "482", "82"]) expect(matches(cup("A17"), words)).toBe(true);
  for (const words of ["B17", "tom", "2", "48"]) expect(matches(cup("A17"), words)).toBe(false);
});

test("a number names one cup, or all of an order of several, and none that only begins like it", () => {
  const cups = [cup("A17-1"), cup("A17-2"), cup("A1"), cup("A171")];
  expect(byNumber(cups, " a17 ").map(({ number }) => number)).toEqual(["A17-1", "A17-2"]);
  expect(byNumber(cups, "A1").map(({ number }) => number)).toEqual(["A1"]);
  expect(byNumber(cups, "A17-2").map(({ number }) => number)).toEqual(["A17-2"]);
  expect(byNumber(cups, "A")).toEqual([]);
});

test("a time for later is the event's, also past midnight and from another zone, and at least five minutes ahead", () => {
  const momentIn = (time: string, now: string): string | null => momentOf(time, Date.parse(now), "Australia/Sydney");
  // 10:30 there.
  expect(momentIn("10:35", "2025-03-11T23:30:00Z")).toBe("2025-03-11T23:35:00.000Z");
  for (const time of ["10:34", "09:00", ""]) expect(momentIn(time, "2025-03-11T23:30:00Z")).toBeNull();
  // 23:50 there, and 23:50 on the night in which the clocks go back.
  expect(momentIn("00:20", "2025-03-12T12:50:00Z")).toBe("2025-03-12T13:20:00.000Z");
  expect(momentIn("23:20", "2025-03-12T12:50:00Z")).toBeNull();
  expect(momentIn("04:00", "2025-04-05T12:50:00Z")).toBe("2025-04-05T18:00:00.000Z");
});
