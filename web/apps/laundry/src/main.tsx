import "./styles.css";

import { startWith } from "@livefloor/base/start";

import { firstLook } from "./app/first-look.tsx";
import { router } from "./app/router.tsx";
import { keepScreen, restoreScreen } from "./model/kept.ts";
import { metaQuery, roomQuery } from "./model/room.ts";
import { clock, keeper, queries, whenSessionEnds } from "./model/services.ts";
import { texts } from "./texts/index.ts";

/** How long to wait for a browser that does not say when it has painted. */
const PAINT_MS = 500;

const { root, draw } = startWith({ services: { clock, queries, keeper, whenSessionEnds }, router, texts, toasts: "top" });
const isSignedIn = (): boolean => keeper.read() !== null;

// Asked for before the first page is drawn: the answers are under way meanwhile.
void queries.query(metaQuery).catch(() => undefined);
const roomHasCome = new Promise<void>((resolve) => {
  if (isSignedIn()) void queries.query(roomQuery).then(() => resolve(), () => undefined);
});

/** Draws what is looked for first, and returns when it is on the screen. */
async function lookFirst(): Promise<void> {
  const look = firstLook();
  if (look === null || document.hidden) return;
  const seen = new Promise<void>((resolve) => {
    const paints = new PerformanceObserver((list) => {
      if (list.getEntriesByName("first-contentful-paint").length > 0) resolve();
    });
    paints.observe({ type: "paint" });
    setTimeout(resolve, PAINT_MS);
  });
  root.render(look);
  await seen;
}

if (!isSignedIn()) await lookFirst();

// Found before it is drawn, so that the first drawing is the page and not an empty one. Not awaited: the file of a page may
// have to wait for this one.
const pageIsFound = router.load();

// What the last visit kept is there sooner than the server's answer, or is not needed any more.
await Promise.race([restoreScreen().catch(() => undefined), roomHasCome]);
keepScreen();
if (isSignedIn()) await lookFirst();

void pageIsFound.finally(draw);
