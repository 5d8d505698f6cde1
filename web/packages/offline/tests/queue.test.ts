import "fake-indexeddb/auto";

import { beforeEach, expect, test } from "vitest";

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
