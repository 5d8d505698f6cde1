import { expect, test } from "vitest";

import { reduce, type Change, type LiveState } from "../src/reducer.ts";
import { LiveStore } from "../src/store.ts";

const NOTHING: LiveState = new Map();

const put = (version: number, value: object, seq = version): Change => ({ kind: "put", collection: "machines", id: "washer-3", version, seq, value });
const removed = (version: number, seq = version): Change => ({ kind: "removed", collection: "machines", id: "washer-3", version, seq });
const run = (...changes: Change[]): LiveState => changes.reduce(reduce, NOTHING);
const value = (state: LiveState, id = "washer-3"): object | null | undefined => state.get("machines")?.get(id)?.value;

test("a newer version replaces, an older or equal one does nothing", () => {
  const newer = run(put(1, { status: "available" }), put(2, { status: "in_use" }));
  expect(value(newer)).toEqual({ status: "in_use" });
  expect(reduce(newer, put(1, { status: "available" }))).toBe(newer);
  expect(reduce(newer, put(2, { status: "again" }))).toBe(newer);
});

test("an answer and its event in either order give the same", () => {
  const answer = put(8, { status: "in_use" }, 0);
  const event = put(8, { status: "in_use" }, 812);
  expect(value(run(answer, event))).toEqual(value(run(event, answer)));
});

test("any order of the same events ends at the same views", () => {
  const events = [put(1, { step: 1 }), put(2, { step: 2 }), put(3, { step: 3 }), removed(4), put(5, { step: 5 })];
  const orders = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [3, 4, 0, 2, 1]];
  for (const order of orders) {
    expect(value(run(...order.flatMap((index) => events[index] ?? [])))).toEqual({ step: 5 });
  }
});

test("an old view does not bring back what was removed", () => {
  expect(value(run(put(3, { step: 3 }), removed(4), put(2, { step: 2 })))).toBeNull();
});

test("fields of another event are taken over without a version", () => {
  const amend: Change = { kind: "amend", collection: "machines", id: "washer-3", seq: 9, fields: { report_count: 2 } };
  expect(value(run(put(1, { status: "available", report_count: 1 }), amend))).toEqual({ status: "available", report_count: 2 });
  expect(value(run(amend))).toBeUndefined();
  const late = run(put(4, { report_count: 0 }, 12), amend);
  expect(value(late)).toEqual({ report_count: 0 });
});

test("a snapshot drops what is gone and keeps what is younger than itself", () => {
  const before = run(
    { kind: "put", collection: "machines", id: "gone", version: 1, seq: 5, value: {} },
    { kind: "put", collection: "machines", id: "added", version: 1, seq: 21, value: { step: "added" } },
    put(7, { step: "live" }, 22),
  );
  const after = reduce(before, {
    kind: "snapshot",
    collection: "machines",
    seq: 20,
    rows: [
      { id: "washer-3", version: 6, value: { step: "stored" } },
      { id: "dryer-1", version: 1, value: { step: "stored" } },
    ],
  });
  expect(value(after, "gone")).toBeUndefined();
  expect(value(after, "added")).toEqual({ step: "added" });
  expect(value(after)).toEqual({ step: "live" });
  expect(value(after, "dryer-1")).toEqual({ step: "stored" });
});

test("old snapshot and events give the new snapshot", () => {
  const snapshot = (seq: number, version: number, status: string): Change => ({
    kind: "snapshot",
    collection: "machines",
    seq,
    rows: [{ id: "washer-3", version, value: { status } }],
  });
  expect(value(run(snapshot(10, 1, "available"), put(2, { status: "in_use" }, 11), put(3, { status: "completed" }, 12)))).toEqual(
    value(run(snapshot(12, 3, "completed"))),
  );
});

test("a store tells its listeners only of real changes and gives the same list in between", () => {
  const store = new LiveStore<{ machines: { step: number } }>();
  let told = 0;
  store.subscribe(() => {
    told += 1;
  });
  expect(store.all("machines")).toBeUndefined();
  store.put("machines", "washer-3", 2, { step: 2 });
  const list = store.all("machines");
  store.put("machines", "washer-3", 1, { step: 1 });
  expect(told).toBe(1);
  expect(store.all("machines")).toBe(list);
  expect(store.get("machines", "washer-3")).toEqual({ step: 2 });
});
