import { pick } from "@livefloor/ui";

import { texts as en } from "./en.ts";

/** What only staff read: desk, faults, people, insights. */
export const texts = await pick(en, () => import("./de.ts"));

/** Why something was refused, in the language of the page where it has a sentence for it. */
export function reasonOf(error: Error): string {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return texts.problems[code] ?? error.message;
}
