import { expect, test } from "vitest";

import { ServerClock } from "../src/index.ts";

const MINUTE_MS = 60_000;

test("a clock that lags behind what has happened is put right; what happened long ago changes nothing", () => {
  const clock = new ServerClock();
  const start = Date.now();
  clock.observe(new Date(start).toISOString());
  clock.reached(new Date(start - MINUTE_MS).toISOString());
  expect(clock.now() - start).toBeLessThan(MINUTE_MS);
  clock.reached(new Date(start + 10 * MINUTE_MS).toISOString());
  expect(clock.now() - start).toBeGreaterThanOrEqual(10 * MINUTE_MS);
});
