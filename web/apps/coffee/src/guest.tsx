import "./styles.css";

import { setExplanations } from "@livefloor/api";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { GuestApp } from "./app/guest/guest-app.tsx";
import { texts } from "./texts/guest/index.ts";

setExplanations((code, details) => texts.problems[code]?.(details));

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element.");
createRoot(root).render(
  <StrictMode>
    <GuestApp />
  </StrictMode>,
);
