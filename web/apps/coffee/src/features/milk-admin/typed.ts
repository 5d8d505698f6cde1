import type { MilkColor } from "@livefloor/api/coffee";

import type { MilkChange } from "./api.ts";
import { CLOSEST, contrast, distance, isColour, LEAST_CONTRAST, textOn } from "./colours.ts";

export const FIELDS = ["name", "color", "letter", "pattern", "allergens", "enabled", "sort"] as const;
export type Field = (typeof FIELDS)[number];
export type Value = string | boolean | number | readonly string[];
/** All milks in one form: `oat.color`, so that two people may change two milks. */
export type Typed = Readonly<Record<string, Value>> & { readonly version: number };

export function typed({ milk_colors, version }: { readonly milk_colors: readonly MilkColor[]; readonly version: number }): Typed {
  return { ...Object.fromEntries(milk_colors.flatMap((milk) => FIELDS.map((field) => [`${milk.code}.${field}`, milk[field]]))), version };
}

/** `oat.color` as milk and field. */
export function partsOf(key: string): readonly [code: string, field: Field] {
  const at = key.lastIndexOf(".");
  return [key.slice(0, at), key.slice(at + 1) as Field];
}

/** The changed fields as the server takes them, milk by milk. */
export function parsed(changes: Partial<Typed>): MilkChange[] {
  const found = new Map<string, MilkChange>();
  for (const [key, value] of Object.entries(changes)) {
    if (key === "version") continue;
    const [code, field] = partsOf(key);
    found.set(code, { ...(found.get(code) ?? { code }), [field]: field === "color" || field === "letter" || field === "name" ? String(value).trim() : value });
  }
  return [...found.values()];
}

/** A milk as it would be shown with what is typed. */
export function drawn(milk: MilkColor, value: Typed): MilkColor {
  const said = Object.fromEntries(FIELDS.map((field) => [field, value[`${milk.code}.${field}`]])) as Pick<MilkColor, Field>;
  const color = isColour(said.color) ? said.color.toLowerCase() : milk.color;
  return { ...milk, ...said, color, letter: said.letter.toUpperCase(), text_color: color === milk.color ? milk.text_color : textOn(color) };
}

export type Wrong = "name" | "color" | "letter";

interface Words {
  readonly name: string;
  readonly color: string;
  readonly contrast: string;
  readonly close: (other: string) => string;
  readonly letter: string;
  readonly taken: (other: string) => string;
}

/** What the server would refuse of a milk beside the others, said before sending. */
export function wrongOf(milk: MilkColor, typedColor: string, all: readonly MilkColor[], words: Words): Partial<Record<Wrong, string>> {
  const others = milk.enabled ? all.filter(({ code, enabled }) => enabled && code !== milk.code) : [];
  const near = others.find(({ color }) => distance(color, milk.color) < CLOSEST);
  const same = others.find(({ letter }) => letter === milk.letter);
  const wrong: Partial<Record<Wrong, string>> = {};
  if (milk.name.trim() === "") wrong.name = words.name;
  if (!isColour(typedColor)) wrong.color = words.color;
  else if (contrast(milk.text_color, milk.color) < LEAST_CONTRAST) wrong.color = words.contrast;
  else if (near !== undefined) wrong.color = words.close(near.name);
  if (!/^[A-Z0-9]{1,2}$/.test(milk.letter.trim())) wrong.letter = words.letter;
  else if (same !== undefined) wrong.letter = words.taken(same.name);
  return wrong;
}

/** What the known milks come with (section 12). */
export const DELIVERED: Readonly<Record<string, { readonly color: string; readonly letter: string; readonly pattern: MilkColor["pattern"] }>> = {
  full: { color: "#1e66d0", letter: "F", pattern: "solid" },
  skim: { color: "#c2185b", letter: "SK", pattern: "stripe" },
  oat: { color: "#d9a441", letter: "O", pattern: "stripe" },
  soy: { color: "#2e8b57", letter: "S", pattern: "dot" },
  almond: { color: "#7b3fa0", letter: "A", pattern: "ring" },
  lactose_free: { color: "#00a3b4", letter: "LF", pattern: "check" },
};
