import { base } from "./mount.ts";
import { mayReload } from "./reload.ts";

/** Register a worker that keeps the pages below `scope` for times without a network. Null on plain http outside localhost. */
export function registerWorker(isOffline: () => boolean, scope = base): Promise<ServiceWorkerRegistration | null> {
  // After an update the parts of the old pages are gone; the new page has its own.
  addEventListener("vite:preloadError", () => {
    if (mayReload(!navigator.onLine || isOffline(), sessionStorage, Date.now())) location.reload();
  });
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return Promise.resolve(null);
  return navigator.serviceWorker.register(new URL("sw.js", base), { scope, updateViaCache: "none" }).catch(() => null);
}
