import type { Machine } from "@livefloor/api/laundry";
import { beforeAll, expect, test } from "vitest";

import { describe } from "../src/features/machines/describe.ts";
import { inOrder, isFree, lookOf, nextDone, type Viewer } from "../src/model/machines.ts";
import { setTimeZone } from "../src/model/times.ts";

const NOW = Date.parse("2025-03-02T19:04:00Z");
const viewer: Viewer = { userId: "me", now: NOW, offline: false };

function machine(fields: Partial<Machine> = {}): Machine {
  return {
    id: "m3", machine_type: "washer", machine_id: 3, label: "Washer 3", location: "Left wall", status: "available", enabled: true,
    current_category: null, current_user_id: null, in_use_by: null, cycle_id: null, source: null, started_at: null, ends_at: null,
    time_left_seconds: 0, completed_at: null, pickup_deadline: null, overdue: false, laundry_inside: false, hold: null, report_count: 0,
    out_of_order: null, total_cycles: 1, version: 1, ...fields,
  };
}

const hold = (user_id: string): Machine["hold"] => ({ user_id, reason: "waitlist", expires_at: "2025-03-02T19:21:00Z" });
const done: Partial<Machine> = { status: "completed", laundry_inside: true, completed_at: "2025-03-02T18:39:00Z", pickup_deadline: "2025-03-02T18:49:00Z" };

beforeAll(() => setTimeZone("UTC"));

test.each([
  ["free", machine(), "free"],
  ["running", machine({ status: "in_use", laundry_inside: true, ends_at: "2025-03-02T19:26:00Z" }), "running, 22 min left"],
  ["own", machine({ status: "in_use", laundry_inside: true, current_user_id: "me", ends_at: "2025-03-02T19:26:00Z" }), "running, 22 min left, yours"],
  ["kept for me", machine({ hold: hold("me") }), "kept for you until 19:21"],
  ["kept for another", machine({ hold: hold("other") }), "kept until 19:21"],
  ["done", machine({ ...done, pickup_deadline: "2025-03-02T19:09:00Z" }), "done, waiting for pick\u2011up"],
  ["late", machine(done), "done 25\u00a0min ago, pick-up time is over"],
  ["out of order", machine({ status: "disabled", enabled: false, out_of_order: { since: "2025-03-03T08:00:00Z", reason: "Leak", expected_back_at: "2025-03-07T08:00:00Z" } }), "out of order since 3\u00a0Mar, back 7\u00a0Mar"],
  ["reported", machine({ report_count: 2 }), "free, 2 reports"],
])("%s", (_, shown, phrase) => {
  expect(describe(shown, viewer).phrase).toBe(phrase);
});

test("nothing is free that is kept, finished or seen offline", () => {
  expect(isFree(machine())).toBe(true);
  expect(isFree(machine({ hold: hold("me") }))).toBe(false);
  expect(isFree(machine(done))).toBe(false);
  expect(isFree(machine({ status: "disabled", enabled: false }))).toBe(false);
  const offline = { ...viewer, offline: true };
  expect(lookOf(machine(), offline)).toBe("unknown");
  expect(lookOf(machine({ hold: hold("me") }), offline)).toBe("unknown");
  expect(describe(machine(), offline).phrase).not.toContain("free");
});

test("own machines come first, then by number", () => {
  const rows = [machine({ machine_id: 2 }), machine({ machine_id: 6, hold: hold("me") }), machine({ machine_id: 1 }), machine({ machine_id: 4, machine_type: "dryer" })];
  expect(inOrder(rows, "washer", "me").map(({ machine_id }) => machine_id)).toEqual([6, 1, 2]);
});

test("the next one done", () => {
  expect(nextDone([machine()], NOW)).toBeNull();
  const running = (ends_at: string): Machine => machine({ status: "in_use", laundry_inside: true, ends_at });
  expect(nextDone([running("2025-03-02T19:26:00Z"), running("2025-03-02T19:10:00Z")], NOW)).toBe(360);
});
