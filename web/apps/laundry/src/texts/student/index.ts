import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** The texts of the student's further pages: they come with those pages. */
export const texts = await pick(en, () => import("./de.ts"));
