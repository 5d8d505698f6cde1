import { expect, test } from "vitest";

import { mayReload } from "../src/reload.ts";

test("a part of the page that is gone reloads the page once, and never without a server", () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  expect(mayReload(true, storage, 0)).toBe(false);
  expect(mayReload(false, storage, 0)).toBe(true);
  expect(mayReload(false, storage, 1_000)).toBe(false);
  expect(mayReload(false, storage, 60_000)).toBe(true);
});
