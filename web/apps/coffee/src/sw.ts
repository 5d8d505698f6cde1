/// <reference lib="webworker" />
import { keepPages } from "@livefloor/base/sw";
import type { PrecacheEntry } from "workbox-precaching";

import { GUESTS } from "./guests.ts";

// The build writes the lists of files here.
declare const self: ServiceWorkerGlobalScope & { readonly __PAGES: PrecacheEntry[]; readonly __OWN_ORDER: PrecacheEntry[] };

const { pathname } = new URL(self.registration.scope);
if (pathname.endsWith("/o/")) {
  // On a guest's phone, for the own order: it has nothing of the crew's, and loaded these files already.
  keepPages(self, self.__OWN_ORDER, [], "o.html");
} else {
  const guests = new RegExp(`^${pathname}(?:${GUESTS.join("|")})(?:/|$)`);
  keepPages(self, self.__PAGES, [/\/api\//, /\/outbox/, /\/socket\.io\//, guests]);
}
