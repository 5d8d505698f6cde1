import { live } from "./live.ts";
import { base } from "./mount.ts";
import { mayReload } from "./reload.ts";

/** The worker that keeps the pages for times without a network and shows pushes. Missing on plain http outside localhost. */
export const worker: Promise<ServiceWorkerRegistration | null> =
  import.meta.env.PROD && "serviceWorker" in navigator
    ? navigator.serviceWorker.register(new URL("sw.js", base), { scope: base, updateViaCache: "none" }).catch(() => null)
    : Promise.resolve(null);

// After an update the parts of the old pages are gone; the new page has its own.
addEventListener("vite:preloadError", () => {
  if (mayReload(!navigator.onLine || live.status().line === "offline", sessionStorage, Date.now())) location.reload();
});
