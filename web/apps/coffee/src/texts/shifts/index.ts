import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What the crew reads on the plan of shifts and on the own shift. */
export const texts = await pick(en, () => import("./de.ts"));
