import { failurePagesWith } from "@livefloor/base/failure";

import { texts } from "../texts/index.ts";

export const { NotFoundPage, CrashPage } = failurePagesWith(texts);
