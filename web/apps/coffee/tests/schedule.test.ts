import type { QueuedAct } from "@livefloor/offline";
import { expect, test } from "vitest";

import { addDays, boundsOf, fitted, gapsOf, hoursOf, lengthOf, mondayOf, nextStart, rowsOf } from "../src/features/schedule/days.ts";
import { dropped } from "../src/features/schedule/drag.ts";
import { currentOf, noteFor, opensAt } from "../src/features/shift/own.ts";
import type { Plan, Shift } from "../src/model/schedules.ts";
import { shiftOperation, withShiftActs, type QueuedShiftAct, type ShiftActKind } from "../src/model/shift-acts.ts";

const ZONE = "Australia/Sydney";
const shift = (id: string, starts_at: string, ends_at: string, more: Partial<Shift> = {}): Shift =>
  ({ id, user_id: "bea", user_name: "Bea Holm", station_id: 1, station_name: "Foyer", starts_at, ends_at, status: "planned", handover_note: null, checked_in_at: null, checked_out_at: null, ...more }) as Shift;
const plan = (schedules: Shift[], coverage: Plan["coverage"] = []): Plan => ({ week_start: "2025-03-10", week_end: "2025-03-16", timezone: ZONE, schedules, coverage, total: schedules.length, keptAt: null });
const at = (text: string): number => Date.parse(text);

test("rule 67: days are those of the event, 23 or 25 hours where the clocks change", () => {
  const hours = (day: string): number => (boundsOf(day, ZONE).to - boundsOf(day, ZONE).from) / 3_600_000;
  expect([hours("2025-03-12"), hours("2025-04-06"), hours("2025-10-05")]).toEqual([24, 25, 23]);
  expect([mondayOf("2025-03-16"), mondayOf("2025-03-10"), addDays("2025-02-28", 1)]).toEqual(["2025-03-10", "2025-03-10", "2025-03-01"]);
});

test("a new shift is on the day that is looked at, and as long as it is there, whatever the clocks do", () => {
  const [morning, night] = [at("2025-03-11T23:20:00Z"), at("2025-03-12T12:50:00Z")];
  expect(nextStart("2025-03-12", morning, ZONE)).toBe(at("2025-03-12T00:00:00Z"));
  // 23:50 there: the next whole hour is tomorrow's.
  expect(nextStart("2025-03-12", night, ZONE)).toBe(at("2025-03-12T12:45:00Z"));
  expect(["2025-03-13", "2025-04-06", "2025-10-05"].map((day) => nextStart(day, night, ZONE))).toEqual([at("2025-03-12T21:00:00Z"), at("2025-04-05T22:00:00Z"), at("2025-10-04T21:00:00Z")]);
  expect(["2025-03-13", "2025-04-06", "2025-10-05"].map((day) => lengthOf(`${day}T00:00`, `${day}T12:00`, ZONE) / 3_600_000)).toEqual([12, 13, 11]);
  expect(lengthOf("", "2025-03-13T12:00", ZONE)).toBeNaN();
});

test("gaps are cut to the day, and the hours drawn are those with something in them", () => {
  const open = plan([shift("a", "2025-03-11T22:10:00Z", "2025-03-12T02:00:00Z")], [{ station_id: 1, gaps: [{ from: "2025-03-12T02:00:00Z", to: "2025-03-12T20:00:00Z" }] }]);
  const bounds = boundsOf("2025-03-12", ZONE);
  expect(gapsOf(open, 1, bounds)).toEqual([{ from: at("2025-03-12T02:00:00Z"), to: bounds.to }]);
  expect(gapsOf(open, 2, bounds)).toEqual([]);
  // 09:10 there until midnight.
  expect(hoursOf(open, "2025-03-12")).toEqual({ from: at("2025-03-11T22:00:00Z"), to: bounds.to });
});

test("shifts that overlap are drawn below each other", () => {
  const spans = [{ from: 0, to: 4 }, { from: 2, to: 6 }, { from: 4, to: 8 }];
  expect(rowsOf(spans, (one) => one).map(({ row }) => row)).toEqual([0, 1, 0]);
});

test("what is drawn goes in quarters of an hour, from 15 minutes to 12 hours", () => {
  const [quarter, hour] = [900_000, 3_600_000];
  expect(fitted({ from: quarter + 1, to: quarter + 2 })).toEqual({ from: quarter, to: 2 * quarter });
  expect(fitted({ from: 20 * hour, to: 2 * hour })).toEqual({ from: 2 * hour, to: 14 * hour });
});

test("a drag that changes nothing is a tap; a shift keeps its odd minutes; its end does not pass its start", () => {
  const moved = shift("a", "2025-03-12T00:05:00Z", "2025-03-12T02:05:00Z");
  const [from, to] = [at(moved.starts_at), at(moved.ends_at)];
  const drag = { kind: "move", shift: moved, station_id: 1, isMoved: true } as const;
  expect(dropped({ ...drag, span: { from: from + 60_000, to: to + 60_000 } })).toBeNull();
  expect(dropped({ ...drag, isMoved: false, span: { from: from + 9e6, to: to + 9e6 } })).toBeNull();
  expect(dropped({ ...drag, station_id: 2, span: { from: from + 8e5, to: to + 8e5 } })).toEqual({ station_id: 2, span: { from: from + 9e5, to: to + 9e5 } });
  expect(dropped({ ...drag, kind: "end", span: { from, to: from - 9e6 } })).toEqual({ station_id: 1, span: { from, to: from + 9e5 } });
});

const act = (kind: ShiftActKind, more: object = {}, state: QueuedAct["state"] = "waiting"): QueuedShiftAct => ({
  id: kind,
  kind,
  input: { shift_id: "a", at: "2025-03-12T00:31:00Z", station_name: "Foyer", ...more },
  person: "bea",
  madeAt: 0,
  expiresAt: 1,
  order: 0,
  state,
});

test("rule 73: what was done without a network is shown as done, marked, and sent as the server takes it", () => {
  const stored = shift("a", "2025-03-12T00:30:00Z", "2025-03-12T04:30:00Z");
  expect(withShiftActs([stored], [act("check_in")])[0]).toMatchObject({ status: "checked_in", checked_in_at: "2025-03-12T00:31:00Z", isUnsent: true });
  expect(withShiftActs([stored], [act("check_in", {}, "refused")])[0]).toBe(stored);
  expect(shiftOperation(act("check_in"))).toEqual({ key: "check_in", method: "POST", path: "/api/schedules/check-in/a", body: {}, occurred_at: "2025-03-12T00:31:00Z" });
  expect(shiftOperation(act("check_out", { note: "Oat is low." })).body).toEqual({ handover_note: "Oat is low." });
  expect(shiftOperation(act("break_start", { force: true })).path).toBe("/api/schedules/a/break/start?force=true");
});

test("the own shift is the running one, else the next; the note is the newest of the station", () => {
  const [early, late] = [shift("b", "2025-03-12T00:00:00Z", "2025-03-12T02:00:00Z"), shift("c", "2025-03-12T04:00:00Z", "2025-03-12T06:00:00Z")];
  const now = at("2025-03-12T01:00:00Z");
  expect(currentOf([late, early], now)?.id).toBe("b");
  expect(currentOf([early, { ...late, status: "on_break" }], now)?.id).toBe("c");
  expect(currentOf([early, late], at("2025-03-12T03:00:00Z"))?.id).toBe("c");
  expect(currentOf([{ ...early, status: "checked_out" }], now)).toBeUndefined();
  expect(opensAt(late)).toBe(at("2025-03-12T03:30:00Z"));
  const left = (id: string, checked_out_at: string) => shift(id, early.starts_at, early.ends_at, { handover_note: id, checked_out_at });
  expect(noteFor(late, [left("x", "2025-03-12T01:00:00Z"), left("y", "2025-03-12T02:00:00Z"), left("z", "2025-03-10T02:00:00Z")])?.id).toBe("y");
});
