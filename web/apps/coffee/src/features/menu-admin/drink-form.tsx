import type { DrinkView } from "@livefloor/api/coffee";
import { useDraft } from "@livefloor/forms";
import { Check, Field, Select, TextArea, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { SaveBar } from "../../model/save-bar.tsx";
import { fieldsOf, isStale, lastAuthor } from "../../model/settings.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { changeDrink, readDrink, SIZES, type Item, type Size } from "./api.ts";
import { isSizeFit, sizeOf, sizeText, typedSize, type TypedSize } from "./recipe.ts";
import { SizeFields } from "./size-fields.tsx";

type About = Pick<DrinkView, "name" | "category" | "needs_milk" | "description" | "enabled">;
type Typed = About & Readonly<Record<Size, TypedSize | null>> & { readonly sort: string; readonly version: number };

function typed({ name, category, needs_milk, description, enabled, sort, version, variants }: DrinkView): Typed {
  const [small = null, regular = null, large = null] = SIZES.map((size) => typedSize(variants.find((variant) => variant.size === size)));
  return { name, category, needs_milk, description, enabled, sort: String(sort), version, small, regular, large };
}

/** The fields that have a value. */
function defined<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
}

const isSize = (key: string): key is Size => (SIZES as readonly string[]).includes(key);

/** A drink with its sizes and recipes; cups that are ordered keep the recipe they were ordered with. */
export function DrinkForm({ drink, items }: { readonly drink: DrinkView; readonly items: readonly Item[] }) {
  const [author, setAuthor] = useState<string | null>(null);
  const { menu } = texts;
  const draft = useDraft<Typed>({
    stored: typed(drink),
    save: async (changes, base) => {
      const { name, category, needs_milk, description, enabled, sort } = changes;
      const variants = SIZES.flatMap((size) => {
        const value = changes[size];
        return value == null ? [] : [sizeOf(size, value)];
      });
      const about = defined({ name, category, needs_milk, description, enabled, sort: sort === undefined ? undefined : Number(sort) });
      return typed(await changeDrink(drink.id, { ...about, ...(variants.length === 0 ? {} : { variants }), version: base.version }));
    },
    reload: async () => {
      const [now, who] = await Promise.all([readDrink(drink.id), lastAuthor(`menu:${drink.code}`)]);
      setAuthor(who);
      return typed(now);
    },
    isStale,
    fieldErrors: fieldsOf,
    onSaved: () => toast(texts.saved, "good"),
  });
  const { value, set, errors } = draft;
  const isNameless = value.name.trim() === "";
  const isSortWrong = !/^\d{1,4}$/.test(value.sort) || Number(value.sort) > 1000;
  const isWrong = isNameless || isSortWrong || SIZES.some((size) => value[size] !== null && !isSizeFit(value[size]));
  const said = (field: keyof Typed, shown: Typed[keyof Typed]): string => {
    if (isSize(field)) return sizeText(shown as TypedSize | null, items);
    if (field === "enabled") return shown === true ? menu.on : menu.off;
    if (field === "category") return menu.categories[shown as DrinkView["category"]];
    if (field === "needs_milk") return menu.milks[shown as DrinkView["needs_milk"]];
    return typeof shown !== "string" || shown === "" ? texts.nothing : shown;
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isWrong) void draft.save();
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-6 [&_:is(input,select,textarea)]:scroll-mb-56">
      <section className="grid items-start gap-4 rounded-tile border border-line bg-card p-4 md:grid-cols-2">
        <Field label={menu.fields.name} error={isNameless ? menu.needsName : errors.name} maxLength={40} value={value.name} autoComplete="off" onChange={(event) => set("name", event.target.value)} />
        <Select label={menu.fields.category} value={value.category} onChange={(event) => set("category", event.target.value as DrinkView["category"])}>
          {Object.entries(menu.categories).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </Select>
        <Select label={menu.fields.needs_milk} value={value.needs_milk} onChange={(event) => set("needs_milk", event.target.value as DrinkView["needs_milk"])}>
          {Object.entries(menu.milks).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </Select>
        <Field label={menu.fields.sort} hint={menu.sortHint} error={isSortWrong ? texts.event.errors.limits(0, 1000) : null} inputMode="numeric" value={value.sort} onChange={(event) => set("sort", event.target.value)} />
        <TextArea className="md:col-span-2" label={menu.fields.description} hint={menu.descriptionHint} error={errors.description} maxLength={200} rows={2} value={value.description} onChange={(event) => set("description", event.target.value)} />
        <Check label={menu.fields.enabled} hint={menu.enabledHint} checked={value.enabled} onChange={(event) => set("enabled", event.target.checked)} />
      </section>
      <section className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4">
        <h2 className="text-lg font-bold">{menu.sizes}</h2>
        <div className="grid items-start gap-4 lg:grid-cols-3">
          {SIZES.map((size) => (
            <SizeFields key={size} size={size} value={value[size]} items={items} onChange={(next) => set(size, next)} />
          ))}
        </div>
      </section>
      <SaveBar draft={draft} author={author} isWrong={isWrong} labelOf={(field) => (isSize(field) ? common.sizes[field] : menu.fields[field])} said={said} />
    </form>
  );
}
