/** A code made of a name: `Iced long black` is `iced_long_black`; null where nothing of two letters or more is left. */
export function codeFrom(name: string): string | null {
  const plain = name.trim().toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("ß", "ss");
  const code = plain.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 32);
  return code.length >= 2 ? code : null;
}
