import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What somebody without an account reads. */
export const texts = await pick(en, () => import("./de.ts"));
