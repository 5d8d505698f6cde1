import type { DrinkView, GroupCup, MilkColor, OptionView } from "@livefloor/api/coffee";

type Size = GroupCup["size"];

export interface Known {
  readonly drinks: readonly DrinkView[];
  readonly milks: readonly MilkColor[];
  readonly options: readonly OptionView[];
}

export type LineFault =
  | { readonly code: "no_name" | "no_drink" | "two_drinks" | "needs_milk" | "no_milk_in_it" }
  | { readonly code: "unknown" | "not_that_size"; readonly word: string };

/** A line of a pasted list: the cup it asks for, or what is wrong with it. */
export interface ParsedLine {
  /** Of the text, from 1. */
  readonly line: number;
  readonly name: string;
  readonly cup: GroupCup | null;
  readonly fault: LineFault | null;
}

const SIZES: Readonly<Record<string, Size>> = {
  s: "small", small: "small", klein: "small", kleiner: "small",
  m: "regular", medium: "regular", regular: "regular", mittel: "regular", normal: "regular",
  l: "large", large: "large", big: "large", groß: "large", gross: "large", großer: "large",
};
const NO_MILK = new Set(["no milk", "none", "black", "ohne milch", "schwarz"]);
const ORDER: readonly Size[] = ["small", "regular", "large"];

const plain = (text: string): string => text.toLowerCase().replace(/[_\s-]+/g, " ").trim();

/** The one with this name or code, else the only one that begins with it. */
function named<Thing extends { readonly code: string; readonly name: string }>(word: string, things: readonly Thing[]): Thing | undefined {
  const exact = things.find(({ code, name }) => plain(name) === word || plain(code) === word);
  if (exact !== undefined || word.length < 3) return exact;
  const begun = things.filter(({ code, name }) => plain(name).startsWith(word) || plain(code).startsWith(word));
  return begun.length === 1 ? begun[0] : undefined;
}

/** Take the size out of words about a drink: `large flat white`. */
function sizeIn(text: string): { readonly size: Size | null; readonly rest: string } {
  const words = text.split(" ");
  const at = words.findIndex((word) => word in SIZES);
  return { size: SIZES[words[at] ?? ""] ?? null, rest: words.filter((_, place) => place !== at).join(" ") };
}

interface Found {
  drink: DrinkView | null;
  size: Size | null;
  milk: string | null | undefined;
  options: Record<string, number>;
}

function take(found: Found, part: string, { drinks, milks, options }: Known): LineFault | null {
  const word = plain(part);
  if (NO_MILK.has(word)) {
    found.milk = null;
    return null;
  }
  // A milk is said as such or with the word: `oat`, `oat milk`.
  const milk = found.drink === null ? undefined : named(word.replace(/ ?mil(k|ch)$/, ""), milks);
  if (milk !== undefined) {
    found.milk = milk.code;
    return null;
  }
  const { size, rest } = sizeIn(word);
  if (size !== null) found.size = size;
  if (rest === "") return null;
  const option = found.drink === null ? undefined : named(rest, options);
  if (option !== undefined) {
    found.options[option.code] = 1;
    return null;
  }
  const drink = named(rest, drinks);
  if (drink === undefined) return { code: "unknown", word: part.trim() };
  if (found.drink !== null) return { code: "two_drinks" };
  found.drink = drink;
  return null;
}

function cupOf(name: string, { drink, size, milk, options }: Found): GroupCup | LineFault {
  if (drink === null) return { code: "no_drink" };
  const sizes = ORDER.filter((one) => drink.variants.some((variant) => variant.enabled && variant.size === one));
  if (size !== null && !sizes.includes(size)) return { code: "not_that_size", word: drink.name };
  const first = size ?? sizes[0];
  if (first === undefined) return { code: "no_drink" };
  if (drink.needs_milk === "required" && milk == null) return { code: "needs_milk" };
  if (drink.needs_milk === "none" && milk != null) return { code: "no_milk_in_it" };
  return { name, menu_item: drink.code, size: first, milk: milk ?? null, ...(Object.keys(options).length === 0 ? {} : { options }) };
}

/** Read a list of `Name, drink, milk`, a cup on each line; commas, semicolons and the tabs of a spreadsheet part it. */
export function parseList(text: string, known: Known): readonly ParsedLine[] {
  const enabled: Known = { drinks: known.drinks.filter((one) => one.enabled), milks: known.milks.filter((one) => one.enabled), options: known.options.filter((one) => one.enabled) };
  return text.split(/\r?\n/).flatMap((line, place): readonly ParsedLine[] => {
    if (line.trim() === "") return [];
    const [name = "", ...parts] = line.split(/[,;\t]/).map((part) => part.trim());
    const found: Found = { drink: null, size: null, milk: undefined, options: {} };
    let fault: LineFault | null = name === "" ? { code: "no_name" } : null;
    for (const part of parts) if (fault === null && part !== "") fault = take(found, part, enabled);
    const cup = fault ?? cupOf(name, found);
    return [{ line: place + 1, name, ...("code" in cup ? { cup: null, fault: cup } : { cup, fault: null }) }];
  });
}
