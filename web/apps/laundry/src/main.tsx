import "./styles.css";

import { toast } from "@livefloor/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/providers.tsx";
import { router } from "./app/router.tsx";
import { keeper, whenSessionEnds } from "./model/services.ts";
import { texts } from "./texts.ts";

// The guards of the routes decide where a person without a session, or with a new one, belongs.
let signedIn = keeper.read() !== null;
keeper.subscribe(() => {
  const now = keeper.read() !== null;
  if (now === signedIn) return;
  signedIn = now;
  void router.invalidate();
});
whenSessionEnds(() => toast(texts.session.over, "plain"));

// A relative address of the icon would be read anew against every page that is walked to.
for (const link of document.querySelectorAll<HTMLLinkElement>("link[rel=icon]")) link.setAttribute("href", link.href);

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
