import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What is read on the pages about stock. */
export const texts = await pick(en, () => import("./de.ts"));
