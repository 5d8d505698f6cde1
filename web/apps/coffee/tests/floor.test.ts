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

test("a time for later is of today and at least five minutes ahead", () => {
  const now = new Date(2025, 2, 12, 10, 30).getTime();
  expect(momentOf("10:35", now)).toBe(new Date(2025, 2, 12, 10, 35).toISOString());
  expect(momentOf("10:34", now)).toBeNull();
  expect(momentOf("09:00", now)).toBeNull();
  expect(momentOf("", now)).toBeNull();
});
