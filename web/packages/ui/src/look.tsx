import { Choices } from "./choice.tsx";
import { DeviceIcon, MoonIcon, SunIcon } from "./icons.tsx";
import { language, LANGUAGES, setLanguage, type Language } from "./language.ts";
import { setTheme, useTheme, type Theme } from "./theme.ts";

export interface LookTexts {
  readonly language: string;
  readonly languages: Readonly<Record<Language, string>>;
  readonly theme: string;
  readonly themes: Readonly<Record<Theme, string>>;
}

const ICONS: readonly [Theme, typeof SunIcon][] = [
  ["system", DeviceIcon],
  ["light", SunIcon],
  ["dark", MoonIcon],
];

/** The language of this device, and whether its pages are light or dark. */
export function LookChoices({ texts }: { readonly texts: LookTexts }) {
  return (
    <>
      <Choices legend={texts.language} layout="bar" value={language} onChange={setLanguage} choices={LANGUAGES.map((value) => ({ value, label: texts.languages[value] }))} />
      <Choices
        legend={texts.theme}
        layout="bar"
        value={useTheme()}
        onChange={setTheme}
        choices={ICONS.map(([value, Icon]) => ({ value, label: texts.themes[value], icon: <Icon className="size-5" /> }))}
      />
    </>
  );
}
