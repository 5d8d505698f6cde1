import { saveBarWith } from "@livefloor/base/save-bar";

import { texts } from "../texts/settings/index.ts";

export const { Changed, SaveBar } = saveBarWith(texts.saving);
