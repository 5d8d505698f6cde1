import { useDraft } from "@livefloor/forms";
import { toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { SaveBar } from "../../model/save-bar.tsx";
import { queries } from "../../model/services.ts";
import { isStale, lastAuthor } from "../../model/settings.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { changeMilks, milksQuery, type Milks } from "./api.ts";
import { MilkFields } from "./milk-fields.tsx";
import { MilkPreview } from "./milk-preview.tsx";
import { drawn, parsed, partsOf, typed, wrongOf, type Typed } from "./typed.ts";

/** All milks: what is typed is drawn at once beside the others, before it is saved. */
export function MilksForm({ stored }: { readonly stored: Milks }) {
  const [author, setAuthor] = useState<string | null>(null);
  const draft = useDraft<Typed>({
    stored: typed(stored),
    save: async (changes, base) => typed(await changeMilks(parsed(changes), base.version)),
    reload: async () => {
      const [now, who] = await Promise.all([queries.query(milksQuery), lastAuthor("milks")]);
      setAuthor(who);
      return typed(now);
    },
    isStale,
    fieldErrors: () => ({}),
    onSaved: () => toast(texts.milks.saved, "good"),
  });
  const shown = stored.milk_colors.map((milk) => drawn(milk, draft.value)).sort((one, other) => one.sort - other.sort);
  const wrong = new Map(shown.map((milk) => [milk.code, wrongOf(milk, String(draft.value[`${milk.code}.color`]), shown, texts.milks.errors)]));
  const isWrong = [...wrong.values()].some((one) => Object.keys(one).length > 0);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isWrong) void draft.save();
  };
  /** Places are given anew, so that no two milks share one. */
  const move = (from: number, to: number): void => {
    const order = [...shown];
    const [moved] = order.splice(from, 1);
    if (moved === undefined) return;
    order.splice(to, 0, moved);
    order.forEach(({ code }, place) => draft.set(`${code}.sort`, place + 1));
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-6 [&_:is(input,select)]:scroll-mb-56">
      <MilkPreview milks={shown} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {shown.map((milk, place) => (
          <MilkFields
            key={milk.code}
            milk={milk}
            draft={draft}
            wrong={wrong.get(milk.code) ?? {}}
            onUp={place === 0 ? null : () => move(place, place - 1)}
            onDown={place === shown.length - 1 ? null : () => move(place, place + 1)}
          />
        ))}
      </div>
      <SaveBar draft={draft} author={author} isWrong={isWrong} labelOf={(key) => labelOf(key, stored)} said={said} />
    </form>
  );
}

function labelOf(key: string, { milk_colors }: Milks): string {
  const [code, field] = partsOf(key);
  return `${milk_colors.find((milk) => milk.code === code)?.name ?? code}: ${texts.milks.fields[field]}`;
}

function said(key: string, value: Typed[string]): string {
  const [, field] = partsOf(key);
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  if (Array.isArray(value)) return value.length === 0 ? texts.nothing : value.map((code) => common.allergens[code as "milk"]).join(", ");
  return field === "pattern" ? texts.milks.patterns[value as "solid"] : String(value);
}
