import "./styles.css";

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
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
