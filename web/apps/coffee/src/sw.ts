/// <reference lib="webworker" />
import { keepPages } from "@livefloor/base/sw";
import type { PrecacheEntry } from "workbox-precaching";

declare const self: ServiceWorkerGlobalScope & { readonly __PAGES: PrecacheEntry[] };

// The build writes the list of files here.
keepPages(self, self.__PAGES, [/\/api\//, /\/outbox/, /\/socket\.io\//]);
