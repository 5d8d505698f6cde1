import "./styles.css";

import { setExplanations } from "@livefloor/api";
import { toast } from "@livefloor/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { firstLook } from "./app/first-look.tsx";
import { App } from "./app/providers.tsx";
import { router } from "./app/router.tsx";
import { keepScreen, restoreScreen } from "./model/kept.ts";
import { metaQuery, roomQuery } from "./model/room.ts";
import { keeper, queries, whenSessionEnds } from "./model/services.ts";
import { texts } from "./texts/index.ts";

/** How long to wait for a browser that does not say when it has painted. */
const PAINT_MS = 500;

setExplanations((code, details) => texts.problems[code]?.(details));

// The guards of the routes decide where a person without a session, or with a new one, belongs.
let signedIn = keeper.read() !== null;
keeper.subscribe(() => {
  const now = keeper.read() !== null;
  if (now === signedIn) return;
  signedIn = now;
  void router.invalidate();
});
whenSessionEnds(() => toast(texts.session.over, "plain"));

// Asked for before the first page is drawn: the answers are under way meanwhile.
void queries.query(metaQuery).catch(() => undefined);
const roomHasCome = new Promise<void>((resolve) => {
  if (signedIn) void queries.query(roomQuery).then(() => resolve(), () => undefined);
});

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element.");

const drawn = createRoot(root);

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
  drawn.render(look);
  await seen;
}

if (!signedIn) await lookFirst();

// Found before it is drawn, so that the first drawing is the page and not an empty one. Not awaited: the file of a page may
// have to wait for this one.
const pageIsFound = router.load();

// What the last visit kept is there sooner than the server's answer, or is not needed any more.
await Promise.race([restoreScreen().catch(() => undefined), roomHasCome]);
keepScreen();
if (signedIn) await lookFirst();

void pageIsFound.finally(() => {
  drawn.render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
