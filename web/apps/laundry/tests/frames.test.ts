import { reduce, type Frame, type LiveState } from "@livefloor/live";
import { expect, test } from "vitest";

import { changesOf } from "../src/model/frames.ts";

const frame = (event: string, seq: number, data: object): Frame => ({ event, id: `${seq}.0`, seq, at: "", data });
const after = (...frames: Frame[]): LiveState => frames.flatMap(changesOf).reduce<LiveState>(reduce, new Map());
const machine = (version: number, change: string, fields: object = {}): object => ({ machine_type: "washer", machine_id: 3, version, change, ...fields });

test("a machine's frame puts the machine, without the word for the change", () => {
  const state = after(frame("machine_update", 5, machine(2, "started", { status: "in_use" })));
  expect(state.get("machines")?.get("washer-3")?.value).toEqual({ machine_type: "washer", machine_id: 3, version: 2, status: "in_use" });
});

test("a retired machine is gone", () => {
  const state = after(frame("machine_update", 5, machine(2, "added")), frame("machine_update", 6, machine(3, "retired")));
  expect(state.get("machines")?.get("washer-3")?.value).toBeNull();
});

test("reports count by the fault frames", () => {
  const state = after(frame("machine_update", 5, machine(2, "changed", { report_count: 0 })), frame("fault_reported", 6, { machine_type: "washer", machine_id: 3, report_count: 1 }));
  expect(state.get("machines")?.get("washer-3")?.value).toMatchObject({ report_count: 1 });
});

test("a list is as new as its frame", () => {
  const list = (seq: number, count: number): Frame => frame("waitlist_update", seq, { machine_type: "washer", change: "joined", items: [], count });
  const state = after(list(8, 2), list(7, 1));
  expect(state.get("waitlists")?.get("washer")?.value).toMatchObject({ count: 2 });
});

test("all tabs agree on what is unread", () => {
  const told = { id: "n1", title: "Done", message: "Collect.", change: "created", unread_count: 3 };
  const state = after(frame("notification_received", 4, told), frame("notification_received", 5, { ...told, change: "deleted", unread_count: 2 }));
  expect(state.get("notifications")?.get("n1")?.value).toBeNull();
  expect(state.get("counters")?.get("unread")?.value).toEqual({ unread: 2 });
});
