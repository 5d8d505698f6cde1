import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What is read on the page of what runs by itself, the same in each system. */
export const runningTexts = await pick(en, () => import("./de.ts"));
