import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What is said at the foot of a form over a record that others change too. */
export const texts = await pick(en, () => import("./de.ts"));
