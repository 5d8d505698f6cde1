import type { Tokens } from "@livefloor/api";
import type { InventoryRow, MilkColor, OrderView, paths, StationHead, User } from "@livefloor/api/coffee";
import { servicesOf } from "@livefloor/base";

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

export const { clock, store, keeper, queries, lifeSigns, api, whenSessionEnds, tieLine } = servicesOf<paths, Session, Views>({ system: "coffee", authPath: "api/auth/", tokenName: "access_token" });
