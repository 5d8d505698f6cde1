import type { Machine } from "@livefloor/api/laundry";
import { beforeAll, expect, test } from "vitest";

import { actsFor, needsOf } from "../src/features/desk/needs.ts";
import { noonOf } from "@livefloor/base/wall";
import type { Fault } from "../src/features/fault-queue/api.ts";
import { byMachine, machineOf } from "../src/features/fault-queue/groups.ts";
import { barsOf, dayAt, lastDays, lengthOf, programmesOf, stepFor } from "../src/features/insights/spans.ts";
import { codeText, lockText } from "../src/features/people/lock-state.ts";
import { setTimeZone } from "../src/model/times.ts";

const NOW = Date.parse("2025-03-02T19:04:00Z");

function machine(machine_id: number, fields: Partial<Machine> = {}): Machine {
  return {
    id: `m${machine_id}`, machine_type: "washer", machine_id, label: "", location: "", status: "available", enabled: true, current_category: null,
    current_user_id: null, in_use_by: null, cycle_id: null, source: null, started_at: null, ends_at: null, time_left_seconds: 0, completed_at: null,
    pickup_deadline: null, overdue: false, laundry_inside: false, hold: null, report_count: 0, out_of_order: null, total_cycles: 1, version: 1, ...fields,
  };
}

const done = (completed_at: string, pickup_deadline: string): Partial<Machine> => ({ status: "completed", laundry_inside: true, completed_at, pickup_deadline });
const off = (since: string): Partial<Machine> => ({ status: "disabled", enabled: false, out_of_order: { since, reason: "Leak", expected_back_at: null } });
const numbers = (machines: readonly Machine[]): number[] => machines.map(({ machine_id }) => machine_id);

beforeAll(() => setTimeZone("UTC"));

test("what needs the staff comes in the order of its urgency", () => {
  const needs = needsOf(
    [
      machine(1, done("2025-03-02T19:00:00Z", "2025-03-02T19:10:00Z")),
      machine(2, done("2025-03-02T18:40:00Z", "2025-03-02T18:50:00Z")),
      machine(3, { ...off("2025-03-01T10:00:00Z"), laundry_inside: true, completed_at: "2025-03-01T10:00:00Z", report_count: 3 }),
      machine(4, { report_count: 1 }),
      machine(5, { report_count: 2 }),
      machine(6, off("2025-02-20T10:00:00Z")),
      machine(7),
    ],
    NOW,
  );
  expect(numbers(needs.loads)).toEqual([3, 2, 1]);
  expect(numbers(needs.reported)).toEqual([5, 4]);
  expect(numbers(needs.broken)).toEqual([6, 3]);
});

test.each([
  ["a broken one goes back to work", machine(1, off("2025-03-01T10:00:00Z")), "enable", ["enable"]],
  ["a load in a broken one", machine(1, { ...off("2025-03-01T10:00:00Z"), laundry_inside: true }), "enable", ["enable", "clear", "collected"]],
  ["an app cycle", machine(1, { status: "in_use", source: "app" }), null, ["end", "cancel", "disable"]],
  ["a walk-up has no owner to give a reason to", machine(1, { status: "in_use", source: "walk_up" }), null, ["walkUpEmpty", "end", "disable"]],
  ["in the grace", machine(1, { ...done("2025-03-02T19:00:00Z", "2025-03-02T19:10:00Z"), current_user_id: "u" }), null, ["nudge", "clear", "empty", "running", "disable"]],
  ["overdue, owner not known", machine(1, done("2025-03-02T18:00:00Z", "2025-03-02T18:10:00Z")), "clear", ["clear", "empty", "running", "disable"]],
  ["a free one", machine(1), null, ["running", "full", "disable"]],
])("%s", (_, shown, next, all) => {
  expect(actsFor(shown, NOW)).toEqual({ next, all });
});

test.each([
  ["UTC", "2025-03-07T12:00:00.000Z"],
  ["Asia/Kuala_Lumpur", "2025-03-07T04:00:00.000Z"],
  ["America/New_York", "2025-03-07T17:00:00.000Z"],
  ["Pacific/Kiritimati", "2025-03-06T22:00:00.000Z"],
])("noon of a day in %s", (zone, moment) => {
  expect(noonOf("2025-03-07", zone)).toBe(moment);
});

test("reports by machine, most first, newest first within", () => {
  const fault = (id: string, machine_id: number, created_at: string): Fault => ({ id, machine_type: "dryer", machine_id, created_at }) as Fault;
  const groups = byMachine([fault("a", 1, "2025-03-01"), fault("b", 2, "2025-03-02"), fault("c", 2, "2025-03-03")]);
  expect(groups.map(({ key, faults }) => [key, faults.map(({ id }) => id)])).toEqual([
    ["dryer-2", ["c", "b"]],
    ["dryer-1", ["a"]],
  ]);
  expect(machineOf("dryer-12")).toEqual({ machine_type: "dryer", machine_id: 12 });
  expect(machineOf("toaster-1")).toBeNull();
});

test("the lock in words", () => {
  const guard = { failures: 0, failures_30d: 0, locked_until: null, closed: false };
  expect(lockText({ status: "active", guard }, NOW)).toBe("Not locked.");
  expect(lockText({ status: "active", guard: { ...guard, failures: 5, failures_30d: 7, locked_until: "2025-03-02T19:15:00Z" } }, NOW)).toContain("until 19:15, after 5 wrong tries");
  expect(lockText({ status: "active", guard: { ...guard, failures: 5, failures_30d: 7, locked_until: "2025-03-02T19:00:00Z" } }, NOW)).toContain("Not locked. 5 wrong tries");
  expect(lockText({ status: "active", guard: { ...guard, failures_30d: 50, closed: true } }, NOW)).toContain("needs a new PIN");
  expect(lockText({ status: "blocked", guard }, NOW)).toContain("Blocked");
  expect(codeText("48120597")).toBe("4812\u00a00597");
});

test("spans of days", () => {
  expect(dayAt(Date.parse("2025-03-02T19:04:00Z"), "Asia/Kuala_Lumpur")).toBe("2025-03-03");
  const month = lastDays(28, "2025-03-02");
  expect(month).toEqual({ from: "2025-02-03", to: "2025-03-02" });
  expect(lengthOf(month)).toBe(28);
  expect(lengthOf({ from: "2025-03-02", to: "2025-03-01" })).toBe(0);
  expect([31, 32, 191].map(stepFor)).toEqual(["day", "week", "month"]);
});

test("days joined to bars", () => {
  const figures = (day: string, machine_type: string, cycles: number) => ({ day, machine_type, cycles, by_category: { normal: cycles - 1, extra_5: 1 } });
  const days = [figures("2025-02-28", "washer", 4), figures("2025-02-28", "dryer", 3), figures("2025-03-02", "washer", 2), figures("2025-03-03", "washer", 5)];
  expect(barsOf(days, "week")).toEqual([
    { day: "2025-02-28", washer: 6, dryer: 3 },
    { day: "2025-03-03", washer: 5, dryer: 0 },
  ]);
  expect(barsOf(days, "month").map(({ day }) => day)).toEqual(["2025-02-28", "2025-03-02"]);
  expect(programmesOf(days)).toEqual([
    ["normal", 10],
    ["extra_5", 4],
  ]);
});
