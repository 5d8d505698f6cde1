import { useDraft, type Draft } from "@livefloor/forms";
import { Button, TextArea, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { SaveBar } from "../../model/save-bar.tsx";
import { queries } from "../../model/services.ts";
import { changeEventSettings, eventSettingsQuery, isStale, lastAuthor, type Versioned } from "../../model/settings.ts";
import { texts } from "../../texts/settings/index.ts";
import { bracesOf, bracesWrong, filled, MOST, unitsOf } from "./septets.ts";

type Wordings = Readonly<Record<string, string>>;
type Typed = Readonly<Record<string, string | number>> & { readonly version: number };

interface WordingsFormProps {
  readonly stored: Versioned;
  /** The texts as they come. */
  readonly originals: Wordings;
}

/** The words of the automatic texts: what stands in braces must stay (section 4). */
export function WordingsForm({ stored, originals }: WordingsFormProps) {
  const [author, setAuthor] = useState<string | null>(null);
  const typed = ({ settings, version }: Versioned): Typed => ({ ...originals, ...settings.sms_wordings, version });
  const draft = useDraft<Typed>({
    stored: typed(stored),
    save: async (changes, base) => typed(await changeEventSettings({ sms_wordings: own({ ...base, ...changes } as Typed, originals) }, base.version)),
    reload: async () => {
      const [now, who] = await Promise.all([queries.query(eventSettingsQuery), lastAuthor("settings:event")]);
      setAuthor(who);
      return typed(now);
    },
    isStale,
    fieldErrors: () => ({}),
    onSaved: () => toast(texts.saved, "good"),
  });
  const kinds = Object.keys(originals);
  const isWrong = kinds.some((kind) => wrongOf(originals[kind] ?? "", String(draft.value[kind])) !== null);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isWrong) void draft.save();
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-6 [&_textarea]:scroll-mb-56">
      <fieldset className="min-w-0 rounded-tile border border-line bg-card px-4 pt-2 pb-5 md:px-5">
        <legend className="px-1 text-lg font-bold">{texts.wordings.title}</legend>
        <p className="mb-4 text-sm text-muted">{texts.wordings.text}</p>
        <ul className="grid items-start gap-5 md:grid-cols-2">
          {kinds.map((kind) => (
            <li key={kind}>
              <Wording kind={kind} original={originals[kind] ?? ""} draft={draft} />
            </li>
          ))}
        </ul>
      </fieldset>
      <SaveBar draft={draft} author={author} isWrong={isWrong} labelOf={labelOf} said={(_, value) => String(value)} />
    </form>
  );
}

const labelOf = (kind: string): string => texts.wordings.kinds[kind] ?? kind;

/** The wordings that differ from how they come. */
function own(value: Typed, originals: Wordings): Record<string, string> {
  return Object.fromEntries(Object.entries(originals).flatMap(([kind, original]) => (String(value[kind]).trim() === original ? [] : [[kind, String(value[kind]).trim()]])));
}

function wrongOf(original: string, wording: string): string | null {
  if (wording.trim() === "") return texts.wordings.needed;
  const { missing, unknown } = bracesWrong(original, wording);
  if (missing.length > 0) return texts.wordings.missing(missing.join(" "));
  return unknown.length > 0 ? texts.wordings.unknown(unknown.join(" "), bracesOf(original).join(" ")) : null;
}

function Wording({ kind, original, draft }: { readonly kind: string; readonly original: string; readonly draft: Draft<Typed> }) {
  const wording = String(draft.value[kind]);
  const sample = filled(wording);
  const { units, isPlain } = unitsOf(sample);
  return (
    <>
      <TextArea
        label={labelOf(kind)}
        name={kind}
        maxLength={320}
        value={wording}
        error={wrongOf(original, wording)}
        hint={
          <>
            <span className="block wrap-anywhere">{sample}</span>
            <span className={units > MOST ? "block font-semibold text-danger" : "block"}>{isPlain ? texts.wordings.septets(units, MOST) : texts.wordings.units(units, MOST)}</span>
          </>
        }
        onChange={(event) => draft.set(kind, event.target.value)}
      />
      {wording.trim() !== original && (
        <Button look="quiet" className="mt-2" aria-label={`${texts.wordings.original}: ${labelOf(kind)}`} onClick={() => draft.set(kind, original)}>
          {texts.wordings.original}
        </Button>
      )}
    </>
  );
}
