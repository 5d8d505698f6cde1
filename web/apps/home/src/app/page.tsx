import { Announcer, setLanguage, Toaster, language } from "@livefloor/ui";
import { StrictMode, type ReactNode } from "react";
import { createRoot } from "react-dom/client";

import { texts } from "../texts/index.ts";

function LanguageSwitch() {
  const other = language === "de" ? "en" : "de";
  return (
    <button
      type="button"
      lang={other}
      onClick={() => setLanguage(other)}
      className="min-h-12 rounded-2xl px-3 text-sm font-semibold text-brand hover:bg-off-soft"
    >
      {texts.otherLanguage}
    </button>
  );
}

/** A page with its bar: what it is called, and the language. */
export function Page({ title, lead, children }: { readonly title: ReactNode; readonly lead: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-6xl flex-col px-4 pb-12 sm:px-6">
      <header className="flex items-start justify-between gap-4 py-4 sm:py-6">
        <div className="min-w-0">
          <h1 className="text-2xl font-bold sm:text-3xl">{title}</h1>
          <div className="mt-1 text-muted">{lead}</div>
        </div>
        <LanguageSwitch />
      </header>
      <main className="flex-1">{children}</main>
    </div>
  );
}

/** Show a page in its place. */
export function show(page: ReactNode): void {
  const root = document.getElementById("root");
  if (root === null) throw new Error("The page has no root element.");
  createRoot(root).render(
    <StrictMode>
      {page}
      <Toaster dismissLabel={texts.dismiss} />
      <Announcer />
    </StrictMode>,
  );
}
