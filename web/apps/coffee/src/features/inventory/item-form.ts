import { Problem } from "@livefloor/api";
import type { ItemView } from "@livefloor/api/coffee";

import { texts } from "../../texts/stock/index.ts";
import { amountOf } from "./amount-field.tsx";
import type { ItemEdit } from "./api.ts";

const { items: words } = texts;

export const AMOUNTS = ["pack_size", "default_low", "default_critical", "default_capacity"] as const;
export const ALLERGENS = ["milk", "gluten", "soy", "tree_nut", "peanut", "egg", "sesame", "sulphite", "other"] as const;
export type Allergen = (typeof ALLERGENS)[number];
export const CATEGORIES = ["coffee", "milk", "cup", "lid", "syrup", "sweetener", "powder", "tea", "ice", "other"] as const;
export const UNITS = ["g", "ml", "pcs"] as const;

/** An item as it is typed. */
export interface TypedItem {
  readonly name: string;
  readonly category: ItemView["category"];
  readonly unit: ItemView["unit"];
  readonly pack_size: string;
  readonly default_low: string;
  readonly default_critical: string;
  readonly default_capacity: string;
  readonly blocks: boolean;
  readonly allergens: readonly Allergen[];
  readonly version: number;
}

export const BLANK: TypedItem = { name: "", category: "other", unit: "pcs", pack_size: "1", default_low: "0", default_critical: "0", default_capacity: "0", blocks: false, allergens: [], version: 0 };

export const typed = ({ name, category, unit, pack_size, default_low, default_critical, default_capacity, blocks, allergens, version }: ItemView): TypedItem => ({
  name,
  category,
  unit,
  pack_size: String(pack_size),
  default_low: String(default_low),
  default_critical: String(default_critical),
  default_capacity: String(default_capacity),
  blocks,
  allergens: ALLERGENS.filter((allergen) => allergens.includes(allergen)),
  version,
});

/** What was changed, as the server takes it. */
export function parsed({ name, category, unit, blocks, allergens, ...amounts }: Partial<TypedItem>): ItemEdit {
  return {
    ...Object.fromEntries(AMOUNTS.flatMap((field) => (amounts[field] === undefined ? [] : [[field, Number(amounts[field])]]))),
    ...(name === undefined ? {} : { name: name.trim() }),
    ...(category === undefined ? {} : { category }),
    ...(unit === undefined ? {} : { unit }),
    ...(blocks === undefined ? {} : { blocks }),
    ...(allergens === undefined ? {} : { allergens: [...allergens] }),
  };
}

export function check(item: TypedItem): Readonly<Record<string, string>> {
  return {
    ...(item.name.trim() === "" ? { name: words.needsName } : {}),
    ...(Number(item.default_critical) > Number(item.default_low) ? { default_critical: words.criticalAbove } : {}),
    ...Object.fromEntries(AMOUNTS.filter((field) => amountOf(item[field]) === null || (field === "pack_size" && Number(item[field]) === 0)).map((field) => [field, texts.needsAmount])),
  };
}

/** What the server refused, at the field that it is about. */
export function refused(error: Error | null): Readonly<Record<string, string>> {
  if (!(error instanceof Problem)) return {};
  if (error.code === "code_taken") return { code: words.codeTaken };
  if (error.code === "unit_in_use") return { unit: words.unitInUse };
  return error.fields;
}
