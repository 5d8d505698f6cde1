import "fake-indexeddb/auto";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ActQueue, openDrawer, type ActQueueOptions, type Drawer } from "../src/index.ts";

class Refused extends Error {}

let drawer: Drawer;
let now: number;
let person: string | null;
let reachable: boolean;
let taken: [string, string][];
let count = 0;

beforeEach(() => {
  drawer = openDrawer(`drawer-${count++}`);
  now = 1_000_000;
  person = "mango";
  reachable = false;
  taken = [];
});

function queue(more: Partial<ActQueueOptions> = {}): ActQueue {
  const send = (input: string, key: string): Promise<unknown> => {
    if (!reachable) return Promise.reject(new Error("offline"));
    taken.push([input, key]);
    return input.startsWith("taken") ? Promise.reject(new Refused("Washer 3 is in use.")) : Promise.resolve();
  };
  return new ActQueue({
    drawer,
    rules: { start: { lifetimeMs: 120_000, send }, end: { lifetimeMs: 86_400_000, send } },
    person: () => person,
    refusal: (error) => (error instanceof Refused ? error.message : null),
    now: () => now,
    ...more,
  });
}

const states = (of: ActQueue): string[] => of.acts().map(({ input, state }) => `${String(input)} ${state}`);

test("acts wait over a restart and are sent once, in order, with their own keys", async () => {
  const before = queue();
  for (const [index, what] of ["a", "b", "c"].entries()) await before.add("end", what, `key-${index}`);
  await before.send();
  expect(states(before)).toEqual(["a waiting", "b waiting", "c waiting"]);
  const after = queue();
  reachable = true;
  await after.send();
  expect(taken).toEqual([["a", "key-0"], ["b", "key-1"], ["c", "key-2"]]);
  expect(states(after)).toEqual([]);
  await after.send();
  expect(taken).toHaveLength(3);
});

test("R66: an act past its time is not sent; the others are", async () => {
  const acts = queue();
  await acts.add("start", "washer 3", "key-0");
  await acts.add("end", "washer 1", "key-1");
  await acts.send();
  now += 120_000;
  reachable = true;
  await acts.send();
  expect(taken).toEqual([["washer 1", "key-1"]]);
  expect(states(acts)).toEqual(["washer 3 expired"]);
  await acts.drop("key-0");
  expect(await drawer.acts()).toEqual([]);
});

test("a refused act stays with its reason and holds up nobody", async () => {
  const acts = queue();
  await acts.add("start", "taken washer", "key-0");
  await acts.add("start", "washer 4", "key-1");
  await acts.send();
  reachable = true;
  await acts.send();
  expect(acts.acts()).toMatchObject([{ state: "refused", reason: "Washer 3 is in use." }]);
  expect(taken.map(([what]) => what)).toEqual(["taken washer", "washer 4"]);
});

test("acts of somebody else wait for them", async () => {
  const acts = queue();
  await acts.add("end", "mango's", "key-0");
  await acts.send();
  person = "papaya";
  reachable = true;
  await acts.personChanged();
  await acts.send();
  expect([taken, states(acts)]).toEqual([[], []]);
  person = "mango";
  await acts.personChanged();
  await acts.send();
  expect(taken).toEqual([["mango's", "key-0"]]);
});

test("what somebody else left is forgotten once it is too late for it", async () => {
  const acts = queue();
  await acts.add("start", "mango's", "key-0");
  await acts.send();
  now += 120_000;
  person = "papaya";
  await acts.personChanged();
  expect(await drawer.acts()).toEqual([]);
});

test("an act that was under way when the page went is sent again with its key", async () => {
  const acts = queue();
  await acts.add("end", "a", "key-0");
  await acts.send();
  const [act] = await drawer.acts();
  if (act === undefined) throw new Error("not kept");
  await drawer.putAct({ ...act, state: "sending" });
  reachable = true;
  await queue().send();
  expect(taken).toEqual([["a", "key-0"]]);
});

/** A promise, and what keeps it. */
function gate(): [Promise<void>, () => void] {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [opened, () => open()];
}

/** Two starts that an earlier page left. */
async function left(): Promise<void> {
  const before = queue();
  await before.add("start", "washer 3", "key-0");
  await before.add("start", "washer 4", "key-1");
  await before.send();
}

/** A rule whose sending waits until the test lets it go. */
function held(): { rule: ActQueueOptions["rules"][string]; started: Promise<void>; release: () => void } {
  const [started, begin] = gate();
  const [released, release] = gate();
  const send = async (input: string, key: string): Promise<void> => {
    begin();
    await released;
    taken.push([input, key]);
  };
  return { rule: { lifetimeMs: 120_000, send }, started, release };
}

test("an act taken back while the one before it is sent is not sent", async () => {
  await left();
  const { rule, started, release } = held();
  const acts = queue({ rules: { start: rule } });
  const all = acts.send();
  await started;
  await acts.drop("key-1");
  release();
  await all;
  expect(taken).toEqual([["washer 3", "key-0"]]);
  expect([states(acts), await drawer.acts()]).toEqual([[], []]);
});

test("an act taken back in another tab while the queue is read is not sent", async () => {
  await left();
  const { rule, started, release } = held();
  const acts = queue({ rules: { start: rule } });
  const all = acts.send();
  await started;
  await drawer.dropAct("key-1");
  release();
  await all;
  expect(taken).toEqual([["washer 3", "key-0"]]);
  expect(await drawer.acts()).toEqual([]);
});

test("an act that is being sent can not be taken back any more", async () => {
  const { rule, started, release } = held();
  const acts = queue({ rules: { start: rule } });
  await acts.add("start", "washer 3", "key-0");
  await started;
  await acts.drop("key-0");
  expect(states(acts)).toEqual(["washer 3 sending"]);
  release();
  await acts.send();
  expect(states(acts)).toEqual([]);
});

test("when another person signs in while acts are sent, the rest waits for the one who made them", async () => {
  await left();
  const { rule, started, release } = held();
  const acts = queue({ rules: { start: rule } });
  const all = acts.send();
  await started;
  person = "papaya";
  const changed = acts.personChanged();
  release();
  await Promise.all([all, changed]);
  expect(taken).toEqual([["washer 3", "key-0"]]);
  expect((await drawer.acts()).map(({ id, state }) => [id, state])).toEqual([["key-1", "waiting"]]);
});

test("an act is not queued for somebody who signed in after it was made", async () => {
  const acts = queue();
  await expect(acts.add("start", "washer 3", "key-0", { person: "papaya", madeAt: now })).rejects.toThrow();
  expect(await drawer.acts()).toEqual([]);
});

test("R66: the time counts from the press, not from the failure of the first try", async () => {
  const acts = queue();
  await acts.add("start", "washer 3", "key-0", { person: "mango", madeAt: now - 20_000 });
  expect(acts.acts()[0]?.expiresAt).toBe(now + 100_000);
});

test("R66: a clock that was set back does not give a start another hour", async () => {
  const acts = queue();
  await acts.add("start", "washer 3", "key-0");
  await acts.add("end", "washer 1", "key-1");
  await acts.send();
  now -= 3_600_000;
  reachable = true;
  await acts.send();
  expect(taken).toEqual([["washer 1", "key-1"]]);
  expect(states(acts)).toEqual(["washer 3 expired"]);
});

test("a server that names a time to wait is not asked before", async () => {
  // Only these: the storage lives on the others.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let asked = 0;
  const send = (): Promise<unknown> => {
    asked += 1;
    return Promise.reject(new Error("too many"));
  };
  const acts = queue({ rules: { end: { lifetimeMs: 86_400_000, send } }, waitMs: () => 30_000 });
  await acts.add("end", "a", "key-0");
  await acts.send();
  await acts.send();
  expect(asked).toBe(1);
  vi.advanceTimersByTime(30_000);
  await acts.send();
  expect(asked).toBe(2);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a browser without storage shows nothing, sends nothing, and refuses to keep an act", async () => {
  vi.stubGlobal("indexedDB", undefined);
  const acts = queue({ drawer: openDrawer("none") });
  await acts.send();
  await acts.personChanged();
  await expect(acts.add("start", "washer 3", "key-0")).rejects.toThrow();
  expect(states(acts)).toEqual([]);
});

test("storage that never answers is given up", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("indexedDB", { open: () => new IDBRequest() });
  const refused = expect(openDrawer("stuck").screen("mango")).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(10_000);
  await refused;
});

test("acts that are sent together leave by what came of each; those that must wait stay in order", async () => {
  const batches: string[][] = [];
  const acts = queue({
    rules: { tap: { lifetimeMs: 120_000 } },
    sendTogether: (sent) => {
      if (!reachable) return Promise.reject(new Error("offline"));
      batches.push(sent.map(({ id }) => id));
      return Promise.resolve(sent.map(({ input }) => (input === "bad" ? { state: "refused", reason: "Moved.", details: { station_id: 2 } } : { state: "done" })));
    },
  });
  for (const [index, what] of ["a", "bad", "c"].entries()) await acts.add("tap", what, `key-${index}`);
  await acts.send();
  expect(states(acts)).toEqual(["a waiting", "bad waiting", "c waiting"]);
  reachable = true;
  await acts.send();
  expect(batches).toEqual([["key-0", "key-1", "key-2"]]);
  expect(acts.acts()).toMatchObject([{ input: "bad", state: "refused", reason: "Moved.", details: { station_id: 2 } }]);
  await acts.send();
  expect(batches).toHaveLength(1);
});

test("what an earlier page left is sent by itself once it is read", async () => {
  const before = queue();
  await before.add("end", "a", "key-0");
  await before.send();
  reachable = true;
  const after = queue();
  const isSent = new Promise<void>((resolve) => void after.subscribe(() => (taken.length > 0 ? resolve() : undefined)));
  await isSent;
  expect(taken).toEqual([["a", "key-0"]]);
});
