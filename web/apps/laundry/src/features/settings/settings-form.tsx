import { Problem } from "@livefloor/api";
import { changesOf, useDraft, type Draft } from "@livefloor/forms";
import { Button, Meanwhile, Notice, Refusal, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

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
      <SaveBar draft={draft} authors={authors} settings={settings} isWrong={isTried && Object.keys(wrong).length > 0} />
    </form>
  );
}

interface SaveBarProps {
  readonly draft: Draft<Typed>;
  readonly authors: Partial<Record<SettingKey, string>>;
  readonly settings: Settings;
  readonly isWrong: boolean;
}

/** Stays in sight while the form scrolls: what is changed, what others changed, and the way to save. */
function SaveBar({ draft, authors, settings, isWrong }: SaveBarProps) {
  const count = Object.keys(changesOf(typed(settings), draft.value)).filter((key) => key !== "version").length;
  const isOpen = (draft.meanwhile?.clashes.length ?? 0) > 0;
  return (
    <div className="sticky bottom-20 z-10 flex max-h-[70dvh] flex-col gap-3 overflow-y-auto rounded-tile border border-line bg-raised p-3 shadow-sheet md:bottom-4 md:p-4">
      <Changed draft={draft} authors={authors} />
      <Refusal error={draft.error} />
      {isWrong && (
        <Notice tone="danger" role="alert">
          {texts.settings.wrong}
        </Notice>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" disabled={!draft.isDirty || isOpen} busy={draft.isBusy && texts.saving}>
          {texts.save}
        </Button>
        <Button look="quiet" disabled={!draft.isDirty || draft.isBusy} onClick={draft.undo}>
          {texts.undo}
        </Button>
        <p className="text-sm text-muted">{statusOf(isOpen, count)}</p>
      </div>
    </div>
  );
}

function statusOf(isOpen: boolean, count: number): string {
  if (isOpen) return texts.meanwhile.decide;
  return count === 0 ? texts.settings.unchanged : texts.settings.changed(count);
}

function Changed({ draft, authors }: Pick<SaveBarProps, "draft" | "authors">) {
  const { meanwhile } = draft;
  if (meanwhile === null || (meanwhile.taken.length === 0 && meanwhile.clashes.length === 0)) return null;
  const who = new Set(Object.values(authors));
  const { title, taken, by, ...words } = texts.meanwhile;
  return (
    <Meanwhile
      title={title(who.size === 0 ? null : [...who].join(", "))}
      taken={meanwhile.taken.filter(isSetting).map((key) => taken(labelOf(key), said(key, draft.value[key])))}
      words={words}
      clashes={meanwhile.clashes.filter(({ field }) => isSetting(field)).map((clash) => {
        const field = clash.field as SettingKey;
        const author = authors[field];
        return {
          field,
          label: labelOf(field),
          mine: said(field, draft.value[field]),
          theirs: said(field, String(clash.theirs)),
          ...(author === undefined ? {} : { by: by(author) }),
          onMine: () => draft.decide(clash, "mine"),
          onTheirs: () => draft.decide(clash, "theirs"),
        };
      })}
    />
  );
}

/** One place among several is named `pickup_places.0`: it belongs to the field of all. */
function byKey(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([field, message]): [string, string] => [field.replace(/\..*$/, ""), message]));
}

function isSetting(field: keyof Typed): field is SettingKey {
  return field !== "version";
}

function labelOf(key: SettingKey): string {
  return texts.settings.fields[key].label;
}

/** A value of a field in words. */
function said(key: SettingKey, text: string): string {
  if (text === "") return texts.meanwhile.empty;
  if (!isChoice(key)) return text.replaceAll("\n", ", ");
  const words: Record<string, string> = texts.settings.options[key];
  return words[text] ?? text;
}
