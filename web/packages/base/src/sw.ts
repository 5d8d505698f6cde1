import { clientsClaim } from "workbox-core";
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

/** Keep the built pages; every page is the same `file`, and what the server makes itself (`theirs`) stays with the server. */
export function keepPages(self: { skipWaiting(): Promise<void> }, pages: PrecacheEntry[], theirs: RegExp[], file = "index.html"): void {
  precacheAndRoute(pages);
  cleanupOutdatedCaches();
  void self.skipWaiting();
  clientsClaim();
  registerRoute(new NavigationRoute(createHandlerBoundToURL(file), { denylist: theirs }));
}
