import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What is said of acts that wait for the server. */
export const texts = await pick(en, () => import("./de.ts"));
