const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Characters that take an escape and so two septets. */
const EXTENDED = new Set("^{}\\[~]|€\f");

/** The most that one text holds (rule 56). */
export const MOST = 160;

/** How long a text message is: septets of GSM-7, or 16-bit units where it has other characters. */
export function unitsOf(text: string): { readonly units: number; readonly isPlain: boolean } {
  const characters = Array.from(text);
  if (!characters.every((one) => BASIC.has(one) || EXTENDED.has(one))) return { units: text.length, isPlain: false };
  return { units: characters.reduce((sum, one) => sum + (EXTENDED.has(one) ? 2 : 1), 0), isPlain: true };
}

const SAMPLES: Readonly<Record<string, string>> = {
  drink: "small flat white, oat",
  name: "Mina",
  number: "A17",
  station: "Garden",
  minutes: "4",
  link: "https://coffee.example/o/4fzyo82mvyr2sk0ePQ9aLt",
  n: "2",
  position: "3",
  milk: "oat",
  choices: "1 for soy, 2 for almond",
  milks: "full cream, skim, oat, soy",
  sizes: "small, regular, large",
  item: "oat milk",
  time: "10:30",
  drinks: "espresso, latte, flat white, cappuccino",
  examples: "large latte oat for Kim",
};

const FIELD = /\{(\w+)\}/g;

/** A wording with something in its braces, as a guest would read it. */
export function filled(wording: string): string {
  return wording.replaceAll(FIELD, (whole, field: string) => SAMPLES[field] ?? whole);
}

/** The names in braces, each once, in the order of the wording. */
export function bracesOf(wording: string): readonly string[] {
  return [...new Set([...wording.matchAll(FIELD)].map(([whole]) => whole))];
}

/** What stands in braces in the one and not in the other: these must stay, and nothing else can be filled in. */
export function bracesWrong(original: string, wording: string): { readonly missing: readonly string[]; readonly unknown: readonly string[] } {
  const needed = bracesOf(original);
  const found = bracesOf(wording);
  return { missing: needed.filter((one) => !found.includes(one)), unknown: found.filter((one) => !needed.includes(one)) };
}
