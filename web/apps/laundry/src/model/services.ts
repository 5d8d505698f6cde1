import { newQueries } from "@livefloor/base";
import { createApi, storageKeeper, type Tokens } from "@livefloor/api";
import type { Entry, Machine, Notification, paths, User, Waitlist } from "@livefloor/api/laundry";
import { LiveStore, ServerClock } from "@livefloor/live";

import { base, mount } from "./mount.ts";

export interface Session extends Tokens {
  readonly user: User;
}

export type ListView = Pick<Waitlist, "machine_type" | "count"> & { readonly items: readonly Entry[] };

export interface Views {
  readonly machines: Machine;
  readonly waitlists: ListView;
  readonly notifications: Notification;
  readonly counters: { readonly unread: number };
}

export const clock = new ServerClock();
export const store = new LiveStore<Views>();
export const keeper = storageKeeper<Session>(`livefloor-laundry ${mount}`);
export const queries = newQueries();

/** Called at each answer of the server: a sign of life for whoever waits for one. */
export const lifeSigns = new Set<() => void>();

let tellOver = (): void => undefined;

/** Say what happens when the server ends the session: it is not the person who left. */
export function whenSessionEnds(listener: () => void): void {
  tellOver = listener;
}

export const api = createApi<paths, Session>({
  base,
  keeper,
  onAnswer: () => lifeSigns.forEach((tell) => tell()),
  onSessionOver: () => tellOver(),
});
