import { loadedWith } from "@livefloor/base/loaded";

import { texts } from "../texts/guest/index.ts";

export const { Loaded, NotLoaded } = loadedWith(texts);
