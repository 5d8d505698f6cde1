import { Problem } from "@livefloor/api";
import { changesOf, useDraft } from "@livefloor/forms";
import { toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { SaveBar } from "../../model/save-bar.tsx";
import { queries } from "../../model/services.ts";
import { texts } from "../../texts/admin/index.ts";
import { changeSettings, settingsQuery, type SettingKey, type Settings } from "./api.ts";
import { check } from "./check.ts";
import { GROUPS, isChoice, parsed, typed, type Typed } from "./fields.ts";
import { SettingField } from "./setting-field.tsx";

interface SettingsFormProps {
  readonly settings: Settings;
  /** Who changed a setting last, in words; null where the log does not tell. */
  readonly authorOf: (key: SettingKey) => Promise<string | null>;
}

/** All settings in one form: several admins may have it open at once. */
export function SettingsForm({ settings, authorOf }: SettingsFormProps) {
  const [authors, setAuthors] = useState<Partial<Record<SettingKey, string>>>({});
  const [isTried, setTried] = useState(false);
  const draft = useDraft<Typed>({
    stored: typed(settings),
    save: async (changes, base) => typed(await changeSettings(parsed(changes), base.version)),
    reload: async () => {
      const before = typed(settings);
      const now = typed(await queries.query(settingsQuery));
      const changed = Object.keys(changesOf(before, now)).filter((key): key is SettingKey => key !== "version");
      const found = await Promise.all(changed.map(async (key) => [key, await authorOf(key)] as const));
      setAuthors(Object.fromEntries(found.filter(([, who]) => who !== null)));
      return now;
    },
    isStale: (error) => error instanceof Problem && error.isStale,
    fieldErrors: (error) => (error instanceof Problem ? byKey(error.fields) : {}),
    onSaved: () => {
      setTried(false);
      toast(texts.settings.saved, "good");
    },
  });
  const wrong = check(draft.value, texts.settings);
  const errors: Readonly<Record<string, string | undefined>> = { ...draft.errors, ...(isTried ? wrong : {}) };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0) void draft.save();
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-6 [&_:is(input,select,textarea)]:scroll-mb-56">
      {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => (
        <fieldset key={group} className="rounded-tile border border-line bg-card px-4 pt-2 pb-5 md:px-5">
          <legend className="px-1 text-lg font-bold">{texts.settings.groups[group]}</legend>
          <div className="grid items-start gap-x-5 gap-y-5 md:grid-cols-2 lg:grid-cols-3">
            {GROUPS[group].map((key) => (
              <SettingField key={key} name={key} value={draft.value[key]} error={errors[key]} onChange={(next) => draft.set(key, next)} />
            ))}
          </div>
        </fieldset>
      ))}
      <SaveBar
        draft={draft}
        author={(field) => authors[field as SettingKey] ?? null}
        isWrong={isTried && Object.keys(wrong).length > 0}
        labelOf={(field) => texts.settings.fields[field as SettingKey].label}
        said={(field, value) => said(field as SettingKey, String(value))}
      />
    </form>
  );
}

/** One place among several is named `pickup_places.0`: it belongs to the field of all. */
function byKey(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([field, message]): [string, string] => [field.replace(/\..*$/, ""), message]));
}

/** A value of a field in words. */
function said(key: SettingKey, text: string): string {
  if (!isChoice(key)) return text.replaceAll("\n", ", ");
  const words: Record<string, string> = texts.settings.options[key];
  return words[text] ?? text;
}
