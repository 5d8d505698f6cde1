import { expect, test } from "vitest";

import { isRateable, placeOf, statusOf } from "../src/model/ticket.ts";

type Status = Parameters<typeof statusOf>[0][number]["status"];
const cups = (...statuses: readonly Status[]) => statuses.map((status) => ({ status }));

test("an order is as far as the cup that is behind", () => {
  expect(statusOf(cups("pending", "scheduled"))).toBe("pending");
  expect(statusOf(cups("completed", "pending"))).toBe("in_progress");
  expect(statusOf(cups("completed", "picked_up", "cancelled"))).toBe("completed");
  expect(statusOf(cups("picked_up", "cancelled"))).toBe("picked_up");
  expect(statusOf(cups("uncollected", "picked_up"))).toBe("uncollected");
  expect(statusOf(cups("cancelled"))).toBe("cancelled");
});

test("the place is that of the first cup that waits", () => {
  expect(placeOf([{ status: "in_progress", position: 1 }, { status: "pending", position: 4 }, { status: "pending", position: 3 }])).toBe(3);
  expect(placeOf([{ status: "completed", position: null }])).toBeNull();
});

test("a cup is rated within a day after it was made", () => {
  const cup = { status: "picked_up", completed_at: "2025-03-12T00:00:00Z" } as const;
  expect(isRateable(cup, Date.parse("2025-03-12T23:59:00Z"))).toBe(true);
  expect(isRateable(cup, Date.parse("2025-03-13T00:01:00Z"))).toBe(false);
  expect(isRateable({ status: "pending", completed_at: null }, 0)).toBe(false);
});
