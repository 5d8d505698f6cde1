import { expect, test } from "vitest";

import { changesOf, merge } from "../src/index.ts";
import { carryOver } from "../src/merge.ts";

const base = { room_name: "Wash", grace: 10, places: ["Shelf"], mode: "open" };

test("only what was typed is sent", () => {
  expect(changesOf(base, { ...base, places: ["Shelf"], grace: 12 })).toEqual({ grace: 12 });
});

test("fields that do not clash are joined", () => {
  const merged = merge(base, { ...base, grace: 12 }, { ...base, room_name: "Laundry", places: ["Shelf", "Table"] });
  expect(merged.value).toEqual({ room_name: "Laundry", grace: 12, places: ["Shelf", "Table"], mode: "open" });
  expect(merged.clashes).toEqual([]);
  expect(merged.taken).toEqual(["room_name", "places"]);
});

test("a field changed by both keeps what was typed and shows theirs", () => {
  const merged = merge(base, { ...base, grace: 12, mode: "roster" }, { ...base, grace: 15, mode: "roster" });
  expect(merged.value).toEqual({ ...base, grace: 12, mode: "roster" });
  expect(merged.clashes).toEqual([{ field: "grace", mine: 12, theirs: 15 }]);
});

test("the version travels with theirs and is no change to tell", () => {
  const merged = merge({ version: 3, label: "A", location: "" }, { version: 3, label: "B", location: "" }, { version: 5, label: "A", location: "Left" });
  expect(merged).toEqual({ value: { version: 5, label: "B", location: "Left" }, clashes: [], taken: ["location"] });
});

test("what is typed while a save is on its way stays typed", () => {
  const sent = { ...base, grace: 12, room_name: "Laundry" };
  const typed = { ...sent, room_name: "Laundry room" };
  const stored = { ...sent, room_name: "Laundry", mode: "roster" };
  expect(carryOver(sent, typed, stored)).toEqual({ ...stored, room_name: "Laundry room" });
});
