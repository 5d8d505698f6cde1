export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

const KEY = "livefloor-language";

function known(name: string | null | undefined): Language | undefined {
  return LANGUAGES.find((language) => name?.toLowerCase().startsWith(language) === true);
}

function read(): Language {
  if (typeof document === "undefined") return "en";
  return known(localStorage.getItem(KEY)) ?? navigator.languages.map(known).find((found) => found !== undefined) ?? "en";
}

/** The language of this page, for texts, dates and numbers: the person's choice, else the browser's first that is known. */
export const language: Language = read();

/** Its name for `Intl`. */
export const locale = { en: "en-GB", de: "de-DE" }[language];

if (typeof document !== "undefined") document.documentElement.lang = language;

/** Texts are read once, so another language is another page. */
export function setLanguage(next: Language): void {
  localStorage.setItem(KEY, next);
  location.reload();
}

/** The messages in the language of this page. English travels with the page, the others are fetched when asked for. */
export async function pick<Texts>(en: Texts, de: () => Promise<{ readonly texts: Texts }>): Promise<Texts> {
  return language === "de" ? (await de()).texts : en;
}
