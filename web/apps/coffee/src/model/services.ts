import { createApi, storageKeeper, type Tokens } from "@livefloor/api";
import type { InventoryRow, MilkColor, OrderView, paths, StationHead, User } from "@livefloor/api/coffee";
import { base, mount, newQueries } from "@livefloor/base";
import { LiveStore, ServerClock } from "@livefloor/live";

/** The refresh token is in a cookie that no page can read. */
export interface Session extends Tokens {
  readonly user: User;
  /** A paired board: its token lives until somebody revokes it. */
  readonly device?: true;
}

/** What is above the queue of a station: how long it takes, and which waiting cups make one jug. */
export interface Head extends StationHead {
  readonly jug: readonly string[];
}

export interface Stock extends InventoryRow {
  readonly station_id: number;
}

export interface Views {
  readonly orders: OrderView;
  readonly heads: Head;
  readonly inventory: Stock;
  readonly milks: MilkColor;
}

export const clock = new ServerClock();
export const store = new LiveStore<Views>();
export const keeper = storageKeeper<Session>(`livefloor-coffee ${mount}`, localStorage, "access_token");
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
  authPath: "api/auth/",
  onAnswer: () => lifeSigns.forEach((tell) => tell()),
  onSessionOver: () => tellOver(),
});
