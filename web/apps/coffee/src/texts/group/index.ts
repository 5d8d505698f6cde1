import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What the front of house reads on the pages of groups. */
export const texts = await pick(en, () => import("./de.ts"));
