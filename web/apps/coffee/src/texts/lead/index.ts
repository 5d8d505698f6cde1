import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What organizers and admins read on the pages that lead. */
export const texts = await pick(en, () => import("./de.ts"));
