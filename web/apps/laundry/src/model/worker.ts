import { registerWorker } from "@livefloor/base";

import { live } from "./live.ts";

/** The worker that keeps the pages and shows pushes. */
export const worker = registerWorker(() => live.status().line === "offline");
