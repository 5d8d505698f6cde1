import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What organisers read on the pages where the event is set up. */
export const texts = await pick(en, () => import("./de.ts"));
