/// <reference lib="webworker" />
import { keepPages } from "@livefloor/base/sw";
import type { PrecacheEntry } from "workbox-precaching";

import { GUESTS } from "./guests.ts";

declare const self: ServiceWorkerGlobalScope & { readonly __PAGES: PrecacheEntry[] };

const guests = new RegExp(`^${new URL(self.registration.scope).pathname}(?:${GUESTS.join("|")})(?:/|$)`);

// The build writes the list of files here.
keepPages(self, self.__PAGES, [/\/api\//, /\/outbox/, /\/socket\.io\//, guests]);
