import { Porthole } from "@livefloor/ui";
import { Outlet } from "@tanstack/react-router";

import { useMeta } from "../model/hooks.ts";
import { texts } from "../texts/index.ts";

/** The pages before sign-in. */
export function EntryLayout() {
  const { data: meta } = useMeta();
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col px-5 pt-4 pb-8 md:justify-center">
      <p className="mb-4 flex items-center gap-3">
        <Porthole number={24} look="running" progress={0.7} className="size-11" />
        <span className="text-xl font-extrabold tracking-tight">{meta?.room_name ?? texts.product}</span>
      </p>
      <Outlet />
    </main>
  );
}
