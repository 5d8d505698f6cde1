import { useSyncExternalStore } from "react";

import type { LineStatus, LiveLine } from "./line.ts";
import type { Member, Presence } from "./presence.ts";
import type { Collections, LiveStore } from "./store.ts";

/** All views of a collection, live. Undefined before the first load. */
export function useAll<C extends Collections<C>, K extends Extract<keyof C, string>>(store: LiveStore<C>, collection: K): readonly C[K][] | undefined {
  return useSyncExternalStore(store.subscribe, () => store.all(collection));
}

/** One view, live. */
export function useOne<C extends Collections<C>, K extends Extract<keyof C, string>>(store: LiveStore<C>, collection: K, id: string): C[K] | undefined {
  return useSyncExternalStore(store.subscribe, () => store.get(collection, id));
}

export function useLine(connection: LiveLine): LineStatus {
  return useSyncExternalStore(connection.subscribe, connection.status);
}

/** Who is on a channel, live. Undefined while it is not known. */
export function useMembers(presence: Presence, channel: string): readonly Member[] | undefined {
  return useSyncExternalStore(presence.subscribe, () => presence.members(channel));
}
