import "./styles.css";
import "./model/worker.ts";

import { startWith } from "@livefloor/base/start";

import { router } from "./app/router.tsx";
import { keepScreen, restoreScreen } from "./model/kept.ts";
import { clock, keeper, queries, whenSessionEnds } from "./model/services.ts";
import { texts } from "./texts/index.ts";

const { draw } = startWith({ services: { clock, queries, keeper, whenSessionEnds }, router, texts, toasts: "bottom" });

await restoreScreen().catch(() => undefined);
keepScreen();

// Found before it is drawn, so that the first drawing is the page and not an empty one. Not awaited: the file of a page may
// have to wait for this one.
void router.load().finally(draw);
