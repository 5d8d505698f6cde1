import { createContext, useContext, useSyncExternalStore } from "react";

const Now = createContext<() => number>(Date.now);

/** Gives all countdowns below the same clock: the server's, not the device's. */
export const ClockProvider = Now.Provider;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((tell) => tell()), 250);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The corrected time in milliseconds, rounded down to `stepMs`: the caller renders once per step. */
export function useNow(stepMs = 1000): number {
  const now = useContext(Now);
  return useSyncExternalStore(subscribe, () => Math.floor(now() / stepMs) * stepMs);
}

/** Whole seconds from now to `until`, never below 0. */
export function secondsUntil(until: string | number, now: number): number {
  const end = typeof until === "number" ? until : Date.parse(until);
  return Math.max(0, Math.ceil((end - now) / 1000));
}

/** `4:05`, or `1:04:05` above an hour. */
export function clockText(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${two(seconds % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** Remaining time that counts down by the server's clock. Silent for screen readers: they get announcements instead. */
export function Countdown({ until, className }: { readonly until: string | number; readonly className?: string }) {
  const now = useContext(Now);
  const seconds = useSyncExternalStore(subscribe, () => secondsUntil(until, now()));
  return (
    <span aria-hidden="true" className={className}>
      {clockText(seconds)}
    </span>
  );
}
