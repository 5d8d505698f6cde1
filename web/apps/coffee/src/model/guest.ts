import { body, createApi, type Keeper, type Tokens } from "@livefloor/api";
import type { GuestCup, paths, PublicDrink, PublicMenu } from "@livefloor/api/coffee";
import { base, mount, newQueries } from "@livefloor/base";
import { ServerClock } from "@livefloor/live";
import { queryOptions } from "@tanstack/react-query";

/** Guests have no session, also where somebody of the crew is signed in in the same browser. */
const nobody: Keeper<Tokens> = { read: () => null, write: () => undefined, drop: () => undefined, subscribe: () => () => undefined };

export const clock = new ServerClock();
export const queries = newQueries();
export const api = createApi<paths, Tokens>({ base, keeper: nobody, authPath: "api/auth/" });

const MENU_MS = 20_000;

/** What can be had now and the waits; no line tells strangers, so it is asked for now and then. */
export const publicMenuQuery = queryOptions({
  queryKey: ["menu"],
  queryFn: (): Promise<PublicMenu> => body(api.http.GET("/api/public/menu")),
  refetchInterval: MENU_MS,
  refetchOnWindowFocus: "always",
  staleTime: 0,
});

export type Size = GuestCup["size"];
export type Allergen = NonNullable<GuestCup["allergies"]>[number];
export const SIZES: readonly Size[] = ["small", "regular", "large"];

/** The stations that can make a drink now, as far as it is chosen. */
export function madeAt(drink: PublicDrink, size: Size | null, milk: string | null | undefined): readonly number[] {
  const fitting = drink.offers.filter((offer) => (size === null || offer.size === size) && (milk === undefined || offer.milk === milk));
  return [...new Set(fitting.flatMap(({ stations }) => stations))];
}

/** The stations that can make every one of these cups now, the shortest wait first. */
export function stationsFor(cups: readonly GuestCup[], menu: PublicMenu): PublicMenu["stations"] {
  const can = (cup: GuestCup, station: number): boolean => {
    const drink = menu.drinks.find(({ code }) => code === cup.menu_item);
    const extras = menu.options.filter(({ code }) => (cup.options?.[code] ?? 0) > 0);
    return drink !== undefined && madeAt(drink, cup.size, cup.milk ?? null).includes(station) && extras.every(({ stations }) => stations.includes(station));
  };
  return menu.stations.filter(({ id }) => cups.every((cup) => can(cup, id))).sort((one, other) => one.minutes - other.minutes);
}

const KEY = `livefloor-coffee orders ${mount}`;
const KEPT_MS = 12 * 60 * 60_000;

/** An own order, to find it again on this phone. */
export interface KeptOrder {
  readonly token: string;
  readonly number: string;
  readonly at: number;
}

/** The orders of this phone of the last hours, the newest first. */
export function keptOrders(): readonly KeptOrder[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]") as readonly KeptOrder[];
    return kept.filter(({ at }) => Date.now() - at < KEPT_MS);
  } catch {
    return [];
  }
}

export function keepOrder(token: string, number: string): void {
  const others = keptOrders().filter((one) => one.token !== token);
  localStorage.setItem(KEY, JSON.stringify([{ token, number, at: Date.now() }, ...others].slice(0, 4)));
}

export function dropOrder(token: string): void {
  localStorage.setItem(KEY, JSON.stringify(keptOrders().filter((one) => one.token !== token)));
}
