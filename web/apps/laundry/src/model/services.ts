import type { Tokens } from "@livefloor/api";
import type { Entry, Machine, Notification, paths, User, Waitlist } from "@livefloor/api/laundry";
import { servicesOf } from "@livefloor/base";

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

export const { clock, store, keeper, queries, lifeSigns, api, whenSessionEnds, tieLine } = servicesOf<paths, Session, Views>({ system: "laundry" });
