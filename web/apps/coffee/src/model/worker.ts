import { registerWorker } from "@livefloor/base";

import { live } from "./live.ts";

/** The worker that keeps the pages for times without a network. */
export const worker = registerWorker(() => live.status().line === "offline");
