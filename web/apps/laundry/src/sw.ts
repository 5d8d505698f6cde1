/// <reference lib="webworker" />
import { clientsClaim } from "workbox-core";
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

declare const self: ServiceWorkerGlobalScope & { readonly __PAGES: PrecacheEntry[] };

/** What the server sends. */
interface Shown {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly link: string;
}

// The build writes the list of files here.
precacheAndRoute(self.__PAGES);
cleanupOutdatedCaches();
void self.skipWaiting();
clientsClaim();

// Every page is the same file; what the server makes itself stays with the server.
registerRoute(new NavigationRoute(createHandlerBoundToURL("index.html"), { denylist: [/\/api\//, /\/outbox/] }));

self.addEventListener("push", (event) => {
  if (event.data === null) return;
  const { id, title, message, link } = event.data.json() as Shown;
  event.waitUntil(self.registration.showNotification(title, { body: message, tag: id, icon: "icon-192.png", badge: "icon-192.png", data: { link } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { link } = event.notification.data as { link: string };
  const target = new URL(link.replace(/^\//, ""), self.registration.scope).href;
  event.waitUntil(open(target));
});

/** Bring a window that is open to the place, or open one. */
async function open(target: string): Promise<void> {
  const [window] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (window === undefined) {
    await self.clients.openWindow(target);
    return;
  }
  await window.focus();
  await window.navigate(target);
}
