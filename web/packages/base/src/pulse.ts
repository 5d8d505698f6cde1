import type { LiveLine } from "@livefloor/live";

const PULSE_MS = 2_000;

/**
 * While the line is down and somebody looks, ask now and then whether the server is there: its answer is the sign of
 * life that cuts the back-off short. Spread, because all devices of a house ask at the same time.
 */
export function keepAsking(live: LiveLine, isSignedIn: () => boolean, ask: () => Promise<unknown>): void {
  let pulse: ReturnType<typeof setTimeout> | undefined;
  function watch(): void {
    const isNeeded = live.status().line !== "live" && document.visibilityState === "visible" && isSignedIn();
    if (!isNeeded || pulse !== undefined) return;
    pulse = setTimeout(
      () => {
        pulse = undefined;
        if (live.status().line === "live") return;
        void ask()
          .catch(() => undefined)
          .then(watch);
      },
      PULSE_MS * (0.5 + Math.random()),
    );
  }
  live.subscribe(watch);
  document.addEventListener("visibilitychange", watch);
}
