const KEY = "livefloor reloaded";
const AGAIN_MS = 60_000;

/** Whether a new load may help. Without a server, or again and again, it would only take away the page that is there. */
export function mayReload(isOffline: boolean, kept: Pick<Storage, "getItem" | "setItem">, now: number): boolean {
  if (isOffline) return false;
  const last = Number(kept.getItem(KEY) ?? Number.NaN);
  if (Math.abs(now - last) < AGAIN_MS) return false;
  kept.setItem(KEY, String(now));
  return true;
}
