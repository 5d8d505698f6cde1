import { expect, test } from "vitest";

import { Presence } from "../src/presence.ts";

const ana = { id: "a", name: "Ana", role: "clerk" };
const ben = { id: "b", name: "Ben", role: "clerk" };

const members = (channel: string, ...users: object[]) => ({ event: "members", data: { channel, users } });
const added = (channel: string, user: object) => ({ event: "member_added", data: { channel, user } });
const removed = (channel: string, user_id: string) => ({ event: "member_removed", data: { channel, user_id } });

function presence(...said: { event: string; data: unknown }[]): Presence {
  const made = new Presence();
  said.forEach(made.read);
  return made;
}

test("who is there is kept by channel", () => {
  const room = presence(members("desk", ana), members("bar"), added("desk", ben), removed("desk", "a"));
  expect(room.members("desk")).toEqual([ben]);
  expect(room.members("bar")).toEqual([]);
  expect(room.members("elsewhere")).toBeUndefined();
});

test("a user is there once, as last told", () => {
  const room = presence(members("desk", ana), added("desk", { ...ana, name: "Anna" }));
  expect(room.members("desk")).toEqual([{ ...ana, name: "Anna" }]);
});

test("a change before the list is not taken for the list", () => {
  expect(presence(added("desk", ana), removed("desk", "b")).members("desk")).toBeUndefined();
});

test("a new line knows nobody until it is told", () => {
  const room = presence(members("desk", ana, ben), { event: "connected", data: {} });
  expect(room.members("desk")).toBeUndefined();
  room.read(members("desk", ben));
  expect(room.members("desk")).toEqual([ben]);
});

test("a channel that was left is forgotten", () => {
  const room = presence(members("desk", ana), members("bar", ben), { event: "subscribed", data: { channels: ["bar"] } });
  expect(room.members("desk")).toBeUndefined();
  expect(room.members("bar")).toEqual([ben]);
});

test("who listens hears of changes, and the array stays the same without one", () => {
  const room = presence(members("desk", ana));
  let heard = 0;
  const stop = room.subscribe(() => (heard += 1));
  const before = room.members("desk");
  room.read({ event: "pong", data: {} });
  room.read(removed("desk", "nobody"));
  expect(heard).toBe(0);
  expect(room.members("desk")).toBe(before);
  room.read(added("desk", ben));
  expect(heard).toBe(1);
  stop();
  room.clear();
  expect(heard).toBe(1);
});
