import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** Every text a person reads on these pages, in their language. */
export const texts = await pick(en, () => import("./de.ts"));
