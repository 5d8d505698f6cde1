import { setExplanations } from "@livefloor/api";
import type { ServerClock } from "@livefloor/live";
import { Announcer, ClockProvider, toast, Toaster } from "@livefloor/ui";
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { RouterProvider, type AnyRouter } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";

interface StartOptions {
  readonly services: {
    readonly clock: ServerClock;
    readonly queries: QueryClient;
    readonly keeper: { readonly read: () => object | null; readonly subscribe: (listener: () => void) => unknown };
    readonly whenSessionEnds: (listener: () => void) => void;
  };
  readonly router: AnyRouter;
  readonly texts: {
    readonly problems: Readonly<Record<string, ((details: Readonly<Record<string, unknown>>) => string) | undefined>>;
    readonly session: { readonly over: string };
    readonly dismiss: string;
  };
  /** Where short notices come up. */
  readonly toasts: "top" | "bottom";
}

export interface Start {
  /** Where the pages are drawn; something else may stand there before them. */
  readonly root: Root;
  readonly draw: () => void;
}

/** What the pages of people who sign in start with, in an app's own words: what follows the session, and what stands around each page. */
export function startWith({ services, router, texts, toasts }: StartOptions): Start {
  const { clock, queries, keeper, whenSessionEnds } = services;
  setExplanations((code, details) => texts.problems[code]?.(details));

  // The guards of the routes decide where a person without a session, or with a new one, belongs.
  let isSignedIn = keeper.read() !== null;
  keeper.subscribe(() => {
    const isNow = keeper.read() !== null;
    if (isNow === isSignedIn) return;
    isSignedIn = isNow;
    void router.invalidate();
  });
  whenSessionEnds(() => toast(texts.session.over, "plain"));

  const place = document.getElementById("root");
  if (place === null) throw new Error("The page has no root element.");
  const root = createRoot(place);
  const now = (): number => clock.now();
  const draw = (): void =>
    root.render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <ClockProvider value={now}>
            <RouterProvider router={router} />
            <Toaster dismissLabel={texts.dismiss} place={toasts} />
            <Announcer />
          </ClockProvider>
        </QueryClientProvider>
      </StrictMode>,
    );
  return { root, draw };
}
