const FIRST_MS = 500;
const LAST_MS = 30_000;

/** Milliseconds to wait before reconnect number `attempt` (from 0): 0.5 s doubling to 30 s, ±50 %. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const step = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  // All phones of a house lose the same Wi-Fi at the same moment; the spread keeps them from coming back as one.
  return step * (0.5 + random());
}
