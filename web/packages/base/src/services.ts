import { createApi, storageKeeper, type Tokens } from "@livefloor/api";
import { LiveStore, ServerClock, type Collections, type LiveLine } from "@livefloor/live";
import { QueryClient } from "@tanstack/react-query";

import { base, mount } from "./mount.ts";
import { keepAsking } from "./pulse.ts";

/** Answers stay until something says that they are old: what changes comes over the live line. */
export function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { networkMode: "always", retry: 1, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

interface ServicesOptions {
  /** The name of the system, as this browser keeps things of it. */
  readonly system: string;
  /** Where tokens are asked for, where it is not the usual place. */
  readonly authPath?: string;
  /** Where the bare access token is written as well. */
  readonly tokenName?: string;
}

/** What the pages of people who sign in stand on: their session, the calls to the server, what is on the screen. */
export function servicesOf<Paths extends object, Session extends Tokens & { readonly user: { readonly id: string } }, Views extends Collections<Views>>({ system, authPath, tokenName }: ServicesOptions) {
  const keeper = storageKeeper<Session>(`livefloor-${system} ${mount}`, localStorage, tokenName);
  const store = new LiveStore<Views>();
  /** Called at each answer of the server: a sign of life for whoever waits for one. */
  const lifeSigns = new Set<() => void>();
  let tellOver = (): void => undefined;
  const api = createApi<Paths, Session>({
    base,
    keeper,
    ...(authPath === undefined ? {} : { authPath }),
    onAnswer: () => lifeSigns.forEach((tell) => tell()),
    onSessionOver: () => tellOver(),
  });
  return {
    clock: new ServerClock(),
    store,
    keeper,
    queries: newQueries(),
    lifeSigns,
    api,
    /** Say what happens when the server ends the session: it is not the person who left. */
    whenSessionEnds: (listener: () => void): void => {
      tellOver = listener;
    },
    /** Let the line go by the session: asked for life while there is one, and ended with it. `forget` takes away what is not in the store. */
    tieLine: (live: LiveLine, ask: () => Promise<unknown>, forget: () => void): void => {
      lifeSigns.add(() => live.wake());
      keepAsking(live, () => keeper.read() !== null, ask);
      let person = keeper.read()?.user.id;
      keeper.subscribe(() => {
        const next = keeper.read()?.user.id;
        if (next === person) return;
        // Another person, or nobody: nothing of the last one may stay on the screen.
        person = next;
        live.stop();
        store.clear();
        forget();
      });
    },
  };
}
