import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What the crew reads beside the cups: stock, chat, texts of guests, what can be done with one cup. */
export const texts = await pick(en, () => import("./de.ts"));
