import { loadedWith, usePages } from "@livefloor/base/loaded";

import { texts } from "../texts/index.ts";

export { usePages };
export type { Page, Pages } from "@livefloor/base/loaded";
export const { Loaded, NotLoaded, Paged } = loadedWith(texts);
