import type { DrinkView } from "@livefloor/api/coffee";

import { texts } from "../../texts/settings/index.ts";
import type { Item, Size } from "./api.ts";

type Variant = DrinkView["variants"][number];
type Role = Variant["recipe"][number]["role"];

export interface TypedLine {
  readonly role: Role;
  /** The item of a fixed line; beans and milk are those of the order. */
  readonly code: string | null;
  readonly quantity: string;
}

/** A size as it is typed; null where the drink is not made in it. */
export interface TypedSize {
  readonly enabled: boolean;
  readonly volume_ml: string;
  readonly prep_seconds: string;
  readonly recipe: readonly TypedLine[];
}

export function typedSize(variant: Variant | undefined): TypedSize | null {
  if (variant === undefined) return null;
  const { enabled, volume_ml, prep_seconds, recipe } = variant;
  return { enabled, volume_ml: String(volume_ml), prep_seconds: String(prep_seconds), recipe: recipe.map(({ role, code, quantity }) => ({ role, code, quantity: String(quantity) })) };
}

const CUPS: Record<Size, { readonly cup: string; readonly volume_ml: string }> = {
  small: { cup: "cup_small", volume_ml: "240" },
  regular: { cup: "cup_regular", volume_ml: "355" },
  large: { cup: "cup_large", volume_ml: "475" },
};

/** What a size begins with: its cup and a lid. */
export function newSize(size: Size): TypedSize {
  const { cup, volume_ml } = CUPS[size];
  const fixed = [cup, "lid"].map((code): TypedLine => ({ role: "fixed", code, quantity: "1" }));
  return { enabled: true, volume_ml, prep_seconds: "40", recipe: [{ role: "beans", code: null, quantity: size === "large" ? "27" : "18" }, ...fixed] };
}

export function sizeOf(size: Size, typed: TypedSize) {
  return {
    size,
    enabled: typed.enabled,
    volume_ml: Number(typed.volume_ml),
    prep_seconds: Number(typed.prep_seconds),
    recipe: typed.recipe.map(({ role, code, quantity }) => ({ role, code, quantity: Number(quantity) })),
  };
}

export const LIMITS = { volume_ml: [1, 2000], prep_seconds: [5, 600], quantity: [1, 100_000] } as const;

/** Whether a number of a size is within the limits of the server. */
export function isFit(name: keyof typeof LIMITS, text: string): boolean {
  const [min, max] = LIMITS[name];
  return /^\d{1,7}$/.test(text.trim()) && Number(text) >= min && Number(text) <= max;
}

export function isSizeFit({ volume_ml, prep_seconds, recipe }: TypedSize): boolean {
  return isFit("volume_ml", volume_ml) && isFit("prep_seconds", prep_seconds) && recipe.length > 0 && recipe.every(({ quantity }) => isFit("quantity", quantity));
}

/** `Oat milk 160 ml`. */
export function amountOf(quantity: string, code: string, name: string, items: readonly Item[]): string {
  const unit = items.find((item) => item.code === code)?.unit;
  return unit === undefined ? `${name} ${quantity}` : `${name} ${quantity} ${texts.menu.units[unit]}`;
}

/** A line of a recipe by its name. */
export function lineName({ role, code }: Pick<TypedLine, "role" | "code">, items: readonly Item[]): string {
  if (role !== "fixed") return texts.menu.roles[role];
  return items.find((item) => item.code === code)?.name ?? code ?? "";
}

export function unitOf({ role, code }: Pick<TypedLine, "role" | "code">, items: readonly Item[]): string {
  const unit = role === "beans" ? "g" : role === "milk" ? "ml" : items.find((item) => item.code === code)?.unit;
  return unit === undefined ? "" : texts.menu.units[unit];
}

/** A size in one line, for whoever has to choose between two versions of it. */
export function sizeText(size: TypedSize | null, items: readonly Item[]): string {
  if (size === null) return texts.menu.notMade;
  const lines = size.recipe.map((line) => `${lineName(line, items)} ${line.quantity} ${unitOf(line, items)}`.trim());
  return [size.enabled ? texts.menu.on : texts.menu.off, `${size.volume_ml} ml`, texts.menu.seconds(size.prep_seconds), ...lines].join(", ");
}
