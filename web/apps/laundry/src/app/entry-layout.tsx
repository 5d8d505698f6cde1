import { Porthole } from "@livefloor/ui";
import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useMeta } from "../model/hooks.ts";
import { texts } from "../texts/index.ts";

/** The pages before sign-in. */
export function EntryLayout() {
  const { data: meta } = useMeta();
  return (
    <EntryFrame name={meta?.room_name}>
      <Outlet />
    </EntryFrame>
  );
}

/** What is around each of them; `name` is the room's, once it is known. */
export function EntryFrame({ name, children }: { readonly name?: string | undefined; readonly children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col px-5 pt-4 pb-8 md:justify-center">
      <p className="mb-4 flex items-center gap-3">
        <Porthole number={24} look="running" progress={0.7} className="size-11" />
        <span className="text-xl font-extrabold tracking-tight">{name ?? texts.product}</span>
      </p>
      {children}
    </main>
  );
}
