import type { GuestCup, PublicDrink, PublicMenu } from "@livefloor/api/coffee";

import { texts } from "../texts/guest/index.ts";
import { SIZES, type Allergen, type Size } from "./guest.ts";

/** A cup as far as a guest has chosen it. */
export interface CupDraft {
  readonly drink: PublicDrink;
  readonly size: Size | null;
  /** Null is none; undefined is not chosen. */
  readonly milk: string | null | undefined;
  readonly options: Readonly<Record<string, number>>;
  readonly allergies: readonly Allergen[];
  readonly notes: string;
}

export function sizesOf(drink: PublicDrink): readonly Size[] {
  return SIZES.filter((size) => drink.offers.some((offer) => offer.size === size));
}

/** A drink of one size has it at once; a milk is never chosen by itself (rule 24). */
export function newDraft(drink: PublicDrink): CupDraft {
  const sizes = sizesOf(drink);
  return { drink, size: sizes.length === 1 ? (sizes[0] ?? null) : null, milk: drink.needs_milk === "required" ? undefined : null, options: {}, allergies: [], notes: "" };
}

/** What is not chosen yet. */
export function gapOf({ size, milk }: CupDraft): "size" | "milk" | null {
  return size === null ? "size" : milk === undefined ? "milk" : null;
}

/** The cup as it is ordered; null while something is missing. */
export function cupOf({ drink, size, milk, options, allergies, notes }: CupDraft): GuestCup | null {
  if (size === null || milk === undefined) return null;
  const chosen = Object.fromEntries(Object.entries(options).filter(([, count]) => count > 0));
  return { menu_item: drink.code, size, milk, options: chosen, allergies: [...allergies], notes: notes.trim() };
}

export function draftOf(cup: GuestCup, menu: PublicMenu): CupDraft | null {
  const drink = menu.drinks.find(({ code }) => code === cup.menu_item);
  return drink === undefined ? null : { drink, size: cup.size, milk: cup.milk ?? null, options: cup.options ?? {}, allergies: cup.allergies ?? [], notes: cup.notes ?? "" };
}

/** A cup in words. */
export function cupText(cup: GuestCup, menu: PublicMenu): string {
  const drink = menu.drinks.find(({ code }) => code === cup.menu_item)?.name ?? cup.menu_item;
  const milk = menu.milks.find(({ code }) => code === cup.milk)?.name;
  const extras = Object.entries(cup.options ?? {}).map(([code, count]) => `${count > 1 ? `${count} × ` : ""}${menu.options.find((option) => option.code === code)?.name ?? code}`);
  return [texts.sized(cup.size, drink), milk, ...extras].filter(Boolean).join(", ");
}

export function allergenText(codes: readonly string[]): string {
  return codes.map((code) => texts.allergens[code as Allergen]).join(", ");
}
