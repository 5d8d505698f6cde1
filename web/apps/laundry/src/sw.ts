/// <reference lib="webworker" />
import { keepPages } from "@livefloor/base/sw";
import type { PrecacheEntry } from "workbox-precaching";

declare const self: ServiceWorkerGlobalScope & { readonly __PAGES: PrecacheEntry[] };

/** What the server sends. */
interface Shown {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly link: string;
}

// The build writes the list of files here.
keepPages(self, self.__PAGES, [/\/api\//, /\/outbox/]);

self.addEventListener("push", (event) => {
  if (event.data === null) return;
  const { id, title, message, link } = event.data.json() as Shown;
  event.waitUntil(self.registration.showNotification(title, { body: message, tag: id, icon: "icon-192.png", badge: "icon-192.png", data: { link } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { link } = event.notification.data as { link: string };
  const { scope } = self.registration;
  const path = link.replace(/^\//, "");
  const target = URL.canParse(path, scope) ? new URL(path, scope).href : scope;
  // Only a place of our own, whatever the message says.
  event.waitUntil(open(target.startsWith(scope) ? target : scope));
});

/** Bring a window that is open to the place, or open one. */
async function open(target: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const window = windows.find(({ url }) => url.startsWith(self.registration.scope));
  try {
    await window?.focus();
    if (await window?.navigate(target)) return;
  } catch {
    // A window that was loaded past this worker is not the worker's to lead.
  }
  await self.clients.openWindow(target);
}
