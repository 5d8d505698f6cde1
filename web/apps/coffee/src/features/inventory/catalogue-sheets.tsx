import { Problem } from "@livefloor/api";
import type { ItemView } from "@livefloor/api/coffee";
import { useDraft } from "@livefloor/forms";
import { Button, Confirm, Field, Notice, Refusal, Sheet, toast } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { SaveBar } from "../../model/save-bar.tsx";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/stock/index.ts";
import { addItem, changeItem, reloadItem, removeItem, type NewItem } from "./api.ts";
import { ItemFields } from "./item-fields.tsx";
import { BLANK, check, parsed, refused, typed, type Allergen, type TypedItem } from "./item-form.ts";

const { items: words } = texts;

/** A new item: every station gets a shelf for it, with nothing on it. */
export function AddItem({ onClose }: { readonly onClose: () => void }) {
  const [code, setCode] = useState("");
  const [item, setItem] = useState(BLANK);
  const [isTried, setTried] = useState(false);
  const add = useAct(addItem, ({ name }) => {
    toast(words.made(name), "good");
    onClose();
  });
  const wrong = { ...check(item), ...(/^[a-z0-9_]{2,32}$/.test(code.trim()) ? {} : { code: words.codeError }) };
  const said = refused(add.error);
  const errors: Readonly<Record<string, string | undefined>> = { ...said, ...(isTried ? wrong : {}) };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0 && !add.isPending) add.mutate({ ...parsed(item), code: code.trim() } as NewItem);
  };
  return (
    <Sheet title={words.add} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={words.code}
          hint={words.codeHint}
          error={errors.code}
          maxLength={32}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={code}
          onChange={(event) => {
            setCode(event.target.value);
            add.reset();
          }}
        />
        <ItemFields
          item={item}
          errors={errors}
          set={(name, value) => {
            setItem({ ...item, [name]: value });
            add.reset();
          }}
        />
        {Object.keys(said).length === 0 && <Refusal error={add.error} />}
        <Button type="submit" busy={add.isPending && words.adding}>
          {words.add}
        </Button>
      </form>
    </Sheet>
  );
}

/** An item of the catalogue, changed by several people at once if need be. */
export function EditItem({ item, onClose }: { readonly item: ItemView; readonly onClose: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [isTried, setTried] = useState(false);
  const draft = useDraft<TypedItem>({
    stored: typed(item),
    save: async (changes, base) => typed(await changeItem(item.id, { ...parsed(changes), version: base.version })),
    reload: async () => typed((await reloadItem(item.id)) ?? item),
    isStale: (error) => error instanceof Problem && error.isStale,
    fieldErrors: (error) => (error instanceof Problem ? refused(error) : {}),
    onSaved: () => {
      setTried(false);
      toast(texts.saved, "good");
    },
  });
  const wrong = check(draft.value);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0) void draft.save();
  };
  if (isAsking) return <RemoveQuestion item={item} onClose={onClose} onKeep={() => setAsking(false)} />;
  return (
    <Sheet title={item.name} description={words.stationsHint} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <ItemFields item={draft.value} errors={{ ...draft.errors, ...(isTried ? wrong : {}) }} set={draft.set} />
        <SaveBar draft={draft} isWrong={isTried && Object.keys(wrong).length > 0} labelOf={(field) => words.fields[field]} said={said} />
        <Button look="danger" className="self-start" onClick={() => setAsking(true)}>
          {words.remove}
        </Button>
      </form>
    </Sheet>
  );
}

function said(field: keyof TypedItem, value: TypedItem[keyof TypedItem]): string {
  if (Array.isArray(value)) return (value as readonly Allergen[]).map((allergen) => common.allergens[allergen]).join(", ");
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (field === "category") return words.categories[value as ItemView["category"]];
  if (field === "unit") return words.units[value as ItemView["unit"]];
  return String(value);
}

interface RemoveQuestionProps {
  readonly item: ItemView;
  readonly onClose: () => void;
  readonly onKeep: () => void;
}

function RemoveQuestion({ item, onClose, onKeep }: RemoveQuestionProps) {
  const act = useAct(removeItem, () => {
    toast(words.removed(item.name), "good");
    onClose();
  });
  const isUsed = act.error instanceof Problem && act.error.code === "item_in_recipe";
  return (
    <Confirm title={words.removeTitle(item.name)} text={words.removeText} closeLabel={common.close} onClose={onClose}>
      {act.error !== null && (
        <Notice tone="danger" role="alert">
          {isUsed ? words.inRecipe : act.error.message}
        </Notice>
      )}
      <Button look="danger" busy={act.isPending && words.removing} onClick={() => act.mutate(item.id)}>
        {words.remove}
      </Button>
      <Button look="quiet" onClick={onKeep}>
        {texts.keep}
      </Button>
    </Confirm>
  );
}
