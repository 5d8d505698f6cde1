import { base } from "./mount.ts";
import { mayReload } from "./reload.ts";

/** Register the worker that keeps the pages for times without a network. Null on plain http outside localhost. */
export function registerWorker(isOffline: () => boolean): Promise<ServiceWorkerRegistration | null> {
  // After an update the parts of the old pages are gone; the new page has its own.
  addEventListener("vite:preloadError", () => {
    if (mayReload(!navigator.onLine || isOffline(), sessionStorage, Date.now())) location.reload();
  });
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return Promise.resolve(null);
  return navigator.serviceWorker.register(new URL("sw.js", base), { scope: base, updateViaCache: "none" }).catch(() => null);
}
