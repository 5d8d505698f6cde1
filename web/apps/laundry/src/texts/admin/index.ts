import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What an admin reads on the pages of the administration. */
export const texts = await pick(en, () => import("./de.ts"));
