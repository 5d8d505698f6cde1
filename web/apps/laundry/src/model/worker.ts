import { base } from "./mount.ts";

/** The worker that keeps the pages for times without a network and shows pushes. Missing on plain http outside localhost. */
export const worker: Promise<ServiceWorkerRegistration | null> =
  import.meta.env.PROD && "serviceWorker" in navigator
    ? navigator.serviceWorker.register(new URL("sw.js", base), { scope: base, updateViaCache: "none" }).catch(() => null)
    : Promise.resolve(null);

// After an update the parts of the old pages are gone; the new page has its own.
addEventListener("vite:preloadError", () => location.reload());
