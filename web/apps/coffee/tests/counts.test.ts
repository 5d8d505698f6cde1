import { beforeEach, expect, test, vi } from "vitest";

import { forget, keepCopy, oldCounts } from "../src/features/stock/counts.ts";
import type { Stock } from "../src/model/services.ts";

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) });
});

const stock = [{ code: "milk_oat", quantity: 900 }] as Stock[];

test("rule 77: the copy is kept with its age, and is no old count", () => {
  keepCopy(1, stock, Date.parse("2025-03-12T00:31:00Z"));
  expect(JSON.parse(kept.get("inventory_1") ?? "")).toMatchObject({ station_id: 1, as_of: "2025-03-12T00:31:00.000Z", inventory: stock });
  expect(oldCounts(1)).toBeNull();
});

test("feature 37: counts of an older system are offered, and not written over before", () => {
  const old = { inventory: [{ id: "milk_oat", amount: 2.4 }, { code: "beans", quantity: 900 }, { code: "cups" }], lastUpdated: "2025-03-11T09:00:00Z" };
  kept.set("inventory_1", JSON.stringify(old));
  keepCopy(1, stock, 0);
  expect(oldCounts(1)).toEqual({ asOf: "2025-03-11T09:00:00Z", lines: [{ code: "milk_oat", quantity: 2 }, { code: "beans", quantity: 900 }] });
  forget(1);
  expect(oldCounts(1)).toBeNull();
});

test("what is no list of counts is none", () => {
  for (const text of ["{", "null", "7", '{"inventory": 3}', "[]"]) {
    kept.set("inventory_1", text);
    expect(oldCounts(1)).toBeNull();
  }
});
