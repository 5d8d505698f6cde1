import { saveBarWith } from "@livefloor/base/save-bar";

import { texts } from "../texts/saving/index.ts";

export const { Changed, SaveBar } = saveBarWith(texts);
