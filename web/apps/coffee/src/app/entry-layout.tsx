import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { texts } from "../texts/index.ts";

/** The frame of what is shown before anybody is signed in. */
export function EntryFrame({ children }: { readonly children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col px-5 pt-6 pb-8 md:justify-center">
      <p className="mb-6 flex items-center gap-3">
        <img src="favicon.svg" alt="" className="size-11" />
        <span className="text-xl font-extrabold tracking-tight">{texts.product}</span>
      </p>
      {children}
    </main>
  );
}

/** The pages before sign-in. */
export function EntryLayout() {
  return (
    <EntryFrame>
      <Outlet />
    </EntryFrame>
  );
}
