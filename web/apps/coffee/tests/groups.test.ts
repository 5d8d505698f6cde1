import type { DrinkView, MilkColor, OptionView } from "@livefloor/api/coffee";
import { expect, test } from "vitest";

import { parseList, type Known } from "../src/features/groups/parse.ts";

const drink = (code: string, name: string, needs_milk: string, sizes = ["small", "regular", "large"]): DrinkView =>
  ({ code, name, needs_milk, enabled: true, variants: sizes.map((size) => ({ size, enabled: true })) }) as unknown as DrinkView;
const milk = (code: string, name: string): MilkColor => ({ code, name, enabled: true }) as MilkColor;

const known: Known = {
  drinks: [drink("flat_white", "Flat white", "required"), drink("long_black", "Long black", "none"), drink("espresso", "Espresso", "none", ["small"]), drink("tea", "Tea", "optional"), drink("iced_latte", "Iced latte", "required", ["regular", "large"])],
  milks: [milk("oat", "Oat"), milk("lactose_free", "Lactose free")],
  options: [{ code: "decaf", name: "Decaf", enabled: true } as OptionView],
};
const cups = (text: string) => parseList(text, known).map(({ cup }) => cup);
const faults = (text: string) => parseList(text, known).map(({ line, fault }) => [line, fault?.code]);

test("a line is name, drink, milk; a size is small where none is said and there is one", () => {
  expect(cups("Mina, flat white, oat\n\nTom; Long black\nIda\ticed latte\tlactose-free")).toEqual([
    { name: "Mina", menu_item: "flat_white", size: "small", milk: "oat" },
    { name: "Tom", menu_item: "long_black", size: "small", milk: null },
    { name: "Ida", menu_item: "iced_latte", size: "regular", milk: "lactose_free" },
  ]);
});

test("sizes and extras stand where people put them, in either language", () => {
  expect(cups("Bo, large flat, oat milk, decaf\nUwe, Tee, groß\nUta, tea, ohne Milch, groß")).toEqual([
    { name: "Bo", menu_item: "flat_white", size: "large", milk: "oat", options: { decaf: 1 } },
    null,
    { name: "Uta", menu_item: "tea", size: "large", milk: null },
  ]);
});

test("each line says what is wrong with it, by its own number", () => {
  expect(faults(", tea\nKim\n\nKim, flat white\nKim, espresso, oat\nKim, large espresso\nKim, brew\nKim, tea, espresso")).toEqual([
    [1, "no_name"],
    [2, "no_drink"],
    [4, "needs_milk"],
    [5, "no_milk_in_it"],
    [6, "not_that_size"],
    [7, "unknown"],
    [8, "two_drinks"],
  ]);
});
