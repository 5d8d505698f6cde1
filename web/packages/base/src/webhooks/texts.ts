import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What is read on the page of webhooks, the same in each system. */
export const webhookTexts = await pick(en, () => import("./de.ts"));
