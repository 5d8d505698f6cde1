import { useDraft } from "@livefloor/forms";
import { toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { SaveBar } from "../../model/save-bar.tsx";
import { changeEventSettings, eventSettingsQuery, fieldsOf, isStale, lastAuthor, type Versioned } from "../../model/settings.ts";
import { queries } from "../../model/services.ts";
import { texts } from "../../texts/settings/index.ts";
import { check, FIELDS, GROUPS, isNumber, parsed, typed, type Group, type Key, type Typed, type Value, type Window } from "./fields.ts";
import { SettingField } from "./setting-field.tsx";

interface SettingsFormProps {
  readonly stored: Versioned;
  readonly groups: readonly Group[];
}

/** Settings of the event by groups: several organisers may have them open at once. */
export function SettingsForm({ stored, groups }: SettingsFormProps) {
  const [author, setAuthor] = useState<string | null>(null);
  const [isTried, setTried] = useState(false);
  const draft = useDraft<Typed>({
    stored: typed(stored.settings, stored.version),
    save: async (changes, base) => {
      const { settings, version } = await changeEventSettings(parsed(changes), base.version);
      return typed(settings, version);
    },
    reload: async () => {
      const [{ settings, version }, who] = await Promise.all([queries.query(eventSettingsQuery), lastAuthor("settings:event")]);
      setAuthor(who);
      return typed(settings, version);
    },
    isStale,
    // A window among several is named `service_windows.0`: it belongs to the field of all.
    fieldErrors: (error) => Object.fromEntries(Object.entries(fieldsOf(error, "settings.")).map(([field, said]) => [field.replace(/\..*$/, ""), said])),
    onSaved: () => {
      setTried(false);
      toast(texts.saved, "good");
    },
  });
  const wrong = check(draft.value, texts.event.errors);
  const errors: Readonly<Record<string, string | undefined>> = { ...draft.errors, ...(isTried ? wrong : {}) };
  const isWrong = Object.keys(wrong).length > 0;

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (!isWrong) void draft.save();
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-6 [&_:is(input,select,textarea)]:scroll-mb-56">
      {groups.map((group) => (
        <fieldset key={group} className="min-w-0 rounded-tile border border-line bg-card px-4 pt-2 pb-5 md:px-5">
          <legend className="px-1 text-lg font-bold">{texts.event.groups[group]}</legend>
          <div className="grid items-start gap-x-5 gap-y-5 md:grid-cols-2">
            {GROUPS[group].map((key: Key) => (
              <SettingField key={key} name={key} value={draft.value[key]} error={errors[key]} onChange={(next) => draft.set(key, next)} />
            ))}
          </div>
        </fieldset>
      ))}
      <SaveBar draft={draft} author={author} isWrong={isTried && isWrong} labelOf={(field) => texts.event.fields[field as Key].label} said={(field, value) => said(field as Key, value as Value)} />
    </form>
  );
}

/** A value of a setting in words. */
function said(key: Key, value: Value): string {
  if (value === "" || (Array.isArray(value) && value.length === 0)) return texts.nothing;
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  if (typeof value !== "string") return value.map(({ start, end }: Window) => `${start}–${end}`).join(", ");
  const kind = FIELDS[key];
  return isNumber(kind) ? texts.event.amount(value, kind.unit) : value;
}
