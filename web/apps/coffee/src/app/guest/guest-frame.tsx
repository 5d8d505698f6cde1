import { EmptyState } from "@livefloor/ui";
import { useEffect, type ReactNode } from "react";

import { texts } from "../../texts/guest/index.ts";

/** The frame of the pages for people without an account; `title` is the document's. */
export function GuestFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-xl flex-col px-4 pb-[max(2rem,env(safe-area-inset-bottom))]">
      <header className="flex min-h-14 items-center gap-2.5">
        <img src="favicon.svg" alt="" className="size-8" />
        <span className="text-lg font-extrabold tracking-tight">{texts.product}</span>
      </header>
      <main className="flex flex-col gap-6">{children}</main>
    </div>
  );
}

/** What stands where there is nothing of this address. */
export function GuestNotFound({ title = texts.notFound.title, text = texts.notFound.text }: { readonly title?: string; readonly text?: string }) {
  return (
    <GuestFrame title={title}>
      <h1 className="text-2xl font-bold">{title}</h1>
      <EmptyState>{text}</EmptyState>
    </GuestFrame>
  );
}
