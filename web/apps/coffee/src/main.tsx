import "./styles.css";
import "./model/worker.ts";

import { setExplanations } from "@livefloor/api";
import { toast } from "@livefloor/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/providers.tsx";
import { router } from "./app/router.tsx";
import { keepScreen, restoreScreen } from "./model/kept.ts";
import { keeper, whenSessionEnds } from "./model/services.ts";
import { texts } from "./texts/index.ts";

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

await restoreScreen().catch(() => undefined);
keepScreen();

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element.");

// Found before it is drawn, so that the first drawing is the page and not an empty one. Not awaited: the file of a page may
// have to wait for this one.
void router.load().finally(() => {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
