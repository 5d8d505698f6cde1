import { saveBarWith } from "@livefloor/base/save-bar";

import { texts } from "../texts/admin/index.ts";

export const { Changed, SaveBar } = saveBarWith({ ...texts, ...texts.settings });
