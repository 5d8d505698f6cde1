import { Problem } from "@livefloor/api";
import { useDraft, type Draft } from "@livefloor/forms";
import { Button, Check, Field, Notice, Refusal, toast } from "@livefloor/ui";
import type { SubmitEvent } from "react";

import { useMeta } from "../../model/hooks.ts";
import { queries } from "../../model/services.ts";
import { texts } from "../../texts/student/index.ts";
import { fieldsOf, loadProfile, PROFILE_KEY, saveProfile, type Profile, type ProfileFields } from "./api.ts";

const { profile: words } = texts;
const LABELS: Record<keyof ProfileFields, string> = { ...words.fields, version: "" };

/** Name, phone number, and how one wants to be told. */
export function PersonForm({ profile }: { readonly profile: Profile }) {
  const { data: meta } = useMeta();
  const draft = useDraft<ProfileFields>({
    stored: fieldsOf(profile),
    save: (changes, { version }) => saveProfile(changes, version),
    reload: async () => {
      const fresh = await loadProfile();
      queries.setQueryData(PROFILE_KEY, fresh);
      return fieldsOf(fresh);
    },
    isStale: (error) => error instanceof Problem && error.isStale,
    fieldErrors: (error) => (error instanceof Problem ? error.fields : {}),
    onSaved: () => toast(words.saved, "good"),
  });
  const { value, set, errors } = draft;
  const hasFieldError = "display_name" in errors || "phone_number" in errors;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (draft.isDirty) void draft.save();
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <Meanwhile draft={draft} />
      <Field
        label={words.name}
        hint={words.nameHint}
        maxLength={24}
        autoComplete="nickname"
        value={value.display_name}
        error={"display_name" in errors ? words.nameBad : null}
        onChange={(event) => set("display_name", event.target.value)}
      />
      <Field
        label={words.phone}
        hint={words.phoneHint}
        type="tel"
        autoComplete="tel"
        value={value.phone_number}
        error={"phone_number" in errors ? words.phoneBad : null}
        onChange={(event) => set("phone_number", event.target.value)}
      />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-semibold">{words.told}</legend>
        <Check label={words.push} hint={words.pushHint} checked={value.notify_push} onChange={(event) => set("notify_push", event.target.checked)} />
        <Check
          label={words.sms}
          hint={meta?.sms_enabled === false ? words.smsOff : words.smsHint}
          disabled={meta?.sms_enabled === false && !value.notify_sms}
          checked={value.notify_sms}
          onChange={(event) => set("notify_sms", event.target.checked)}
        />
      </fieldset>
      {!hasFieldError && <Refusal error={draft.error} />}
      {(draft.isDirty || draft.isBusy) && (
        <div className="flex gap-2">
          <Button type="submit" className="flex-1" busy={draft.isBusy && words.saving}>
            {words.save}
          </Button>
          <Button look="quiet" disabled={draft.isBusy} onClick={draft.undo}>
            {words.undo}
          </Button>
        </div>
      )}
    </form>
  );
}

/** What was changed on another device while this form was open; what clashes the person decides. */
function Meanwhile({ draft }: { readonly draft: Draft<ProfileFields> }) {
  const { meanwhile } = draft;
  if (meanwhile === null) return null;
  return (
    <Notice tone="held" role="alert">
      <p>{words.meanwhile}</p>
      {meanwhile.taken.length > 0 && <p className="mt-1">{words.taken(meanwhile.taken.map((field) => LABELS[field]).join(", "))}</p>}
      {meanwhile.clashes.map((clash) => (
        <div key={clash.field} className="mt-2 flex flex-col gap-2">
          <p>{words.clash(LABELS[clash.field])}</p>
          <Button look="quiet" onClick={() => draft.decide(clash, "mine")}>
            {words.keepMine(said(draft.value[clash.field]))}
          </Button>
          <Button look="quiet" onClick={() => draft.decide(clash, "theirs")}>
            {words.takeTheirs(said(clash.theirs))}
          </Button>
        </div>
      ))}
    </Notice>
  );
}

function said(value: string | boolean | number): string {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  return value === "" ? words.nothing : String(value);
}
