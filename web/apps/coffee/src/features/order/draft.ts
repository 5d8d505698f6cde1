import type { CupInput, DrinkView, MenuView, MilkColor, StationOffers } from "@livefloor/api/coffee";

export type Size = CupInput["size"];
export type Allergen = NonNullable<CupInput["allergies"]>[number];

/** A cup as far as it is chosen. */
export interface Draft {
  readonly drink: DrinkView | null;
  readonly size: Size | null;
  readonly milk: string | null;
  readonly options: Readonly<Record<string, number>>;
  readonly allergies: readonly Allergen[];
  readonly notes: string;
  readonly vip: boolean;
}

export const EMPTY: Draft = { drink: null, size: null, milk: null, options: {}, allergies: [], notes: "", vip: false };

/** A drink of one size has it at once; a milk is never chosen by itself (rule 24). */
export function withDrink(draft: Draft, drink: DrinkView): Draft {
  const sizes = drink.variants.filter(({ enabled }) => enabled).map(({ size }) => size);
  const size = sizes.length === 1 ? (sizes[0] ?? null) : draft.size !== null && sizes.includes(draft.size) ? draft.size : null;
  return { ...draft, drink, size, milk: drink.needs_milk === "none" ? null : draft.milk };
}

/** The cup as it is ordered; null while something is missing. */
export function cupOf({ drink, size, milk, options, allergies, notes, vip }: Draft): CupInput | null {
  if (drink === null || size === null || (drink.needs_milk === "required" && milk === null)) return null;
  const chosen = Object.fromEntries(Object.entries(options).filter(([, count]) => count > 0));
  return {
    menu_item: drink.code,
    size,
    milk,
    ...(Object.keys(chosen).length === 0 ? {} : { options: chosen }),
    ...(allergies.length === 0 ? {} : { allergies: [...allergies] }),
    ...(notes.trim() === "" ? {} : { notes: notes.trim() }),
    ...(vip ? { priority: "vip" as const } : {}),
  };
}

export function draftOf(cup: CupInput, menu: MenuView): Draft {
  return {
    drink: menu.items.find(({ code }) => code === cup.menu_item) ?? null,
    size: cup.size,
    milk: cup.milk ?? null,
    options: cup.options ?? {},
    allergies: cup.allergies ?? [],
    notes: cup.notes ?? "",
    vip: cup.priority === "vip",
  };
}

/** What of a cup can be made where. */
export interface Asked {
  readonly drink: string;
  readonly size?: Size | null;
  readonly milk?: string | null;
}

/** The stations that can make it at this moment, whatever is not chosen yet. */
export function stationsFor(asked: Asked, stations: readonly StationOffers[]): readonly number[] {
  return stations
    .filter(({ offers }) =>
      offers.some(
        ({ menu_item, size, milk, ok }) => ok && menu_item === asked.drink && (asked.size == null || size === asked.size) && (asked.milk === undefined || milk === asked.milk),
      ),
    )
    .map(({ station_id }) => station_id);
}

/** The stations that have an extra now. */
export function stationsWith(option: string, stations: readonly StationOffers[]): readonly number[] {
  return stations.filter(({ options_off }) => !options_off.includes(option)).map(({ station_id }) => station_id);
}

/** What goes into it that somebody must not have: refused here as the server refuses it (rule 23). */
export function conflicts(milk: MilkColor, allergies: readonly Allergen[]): boolean {
  return milk.allergens.some((allergen) => allergies.includes(allergen as Allergen));
}
