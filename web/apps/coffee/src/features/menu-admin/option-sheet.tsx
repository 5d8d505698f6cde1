import type { OptionView } from "@livefloor/api/coffee";
import { useDraft } from "@livefloor/forms";
import { Check, Choices, Field, Select, Sheet, toast } from "@livefloor/ui";
import { useState, type ReactNode, type SubmitEvent } from "react";

import { SaveBar } from "../../model/save-bar.tsx";
import { fieldsOf, isStale, lastAuthor } from "../../model/settings.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { putOption, readOption, type Item } from "./api.ts";
import { codeFrom } from "./codes.ts";

interface Typed {
  readonly name: string;
  readonly kind: OptionView["kind"];
  readonly max: string;
  readonly item: string;
  readonly quantity: string;
  readonly prep_seconds_extra: string;
  readonly effect: OptionView["effect"];
  readonly enabled: boolean;
  readonly sort: string;
  readonly version: number;
}

const typed = (option: OptionView): Typed => ({ ...about(option), item: option.item ?? "" });
const about = ({ name, kind, max, quantity, prep_seconds_extra, effect, enabled, sort, version }: OptionView) => ({
  name,
  kind,
  max: String(max),
  quantity: String(quantity),
  prep_seconds_extra: String(prep_seconds_extra),
  effect,
  enabled,
  sort: String(sort),
  version,
});
const NEW: Typed = { name: "", kind: "flag", max: "1", item: "", quantity: "0", prep_seconds_extra: "0", effect: "none", enabled: true, sort: "99", version: 0 };
const LIMITS = { max: [1, 5], quantity: [0, 100_000], prep_seconds_extra: [0, 600], sort: [0, 1000] } as const;

interface OptionSheetProps {
  /** Null for a new one. */
  readonly option: OptionView | null;
  readonly items: readonly Item[];
  /** Codes that are taken. */
  readonly taken: readonly string[];
  readonly onClose: () => void;
  /** What stands below the form of one that there is already. */
  readonly children: (option: OptionView) => ReactNode;
}

/** What guests may ask for with a drink: what it takes, and how much longer it makes the cup. */
export function OptionSheet({ option, items, taken, onClose, children }: OptionSheetProps) {
  const [author, setAuthor] = useState<string | null>(null);
  const { menu } = texts;
  const words = menu.option;
  const draft = useDraft<Typed>({
    stored: option === null ? NEW : typed(option),
    save: async (changes, base) => {
      const { version, item, ...whole } = { ...base, ...changes };
      const numbers = { max: whole.kind === "flag" ? 1 : Number(whole.max), quantity: Number(whole.quantity), prep_seconds_extra: Number(whole.prep_seconds_extra), sort: Number(whole.sort) };
      const code = option?.code ?? codeFrom(whole.name) ?? "";
      return typed(await putOption({ ...whole, ...numbers, code, item: item === "" ? null : item, ...(option === null ? {} : { version }) }));
    },
    reload: async () => {
      const [now, who] = await Promise.all([readOption(option?.code ?? ""), lastAuthor(`menu:${option?.code ?? ""}`)]);
      setAuthor(who);
      return typed(now);
    },
    isStale,
    fieldErrors: fieldsOf,
    onSaved: ({ name }) => {
      toast(option === null ? menu.added(name) : texts.saved, "good");
      onClose();
    },
  });
  const { value, set, errors } = draft;
  const code = codeFrom(value.name);
  const nameWrong = code === null ? menu.needsName : option === null && taken.includes(code) ? words.taken : null;
  const wrong = (key: keyof typeof LIMITS): string | null => {
    const [min, max] = LIMITS[key];
    return /^\d{1,6}$/.test(value[key]) && Number(value[key]) >= min && Number(value[key]) <= max ? null : texts.event.errors.limits(min, max);
  };
  const isWrong = nameWrong !== null || (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).some((key) => wrong(key) !== null);
  const number = (key: keyof typeof LIMITS) => <Field label={words.fields[key]} hint={words.hints[key]} error={wrong(key) ?? errors[key]} inputMode="numeric" value={value[key]} onChange={(event) => set(key, event.target.value)} />;

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isWrong) void draft.save();
  };

  return (
    <Sheet title={option?.name ?? words.add} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={words.fields.name} error={draft.isDirty || option !== null ? (nameWrong ?? errors.name) : null} maxLength={32} value={value.name} autoComplete="off" onChange={(event) => set("name", event.target.value)} />
        <Choices
          legend={words.fields.kind}
          layout="bar"
          value={value.kind}
          onChange={(kind) => set("kind", kind)}
          choices={[
            { value: "flag", label: words.kinds.flag },
            { value: "count", label: words.kinds.count },
          ]}
        />
        {value.kind === "count" && number("max")}
        <Select label={words.fields.item} value={value.item} onChange={(event) => set("item", event.target.value)}>
          <option value="">{texts.nothing}</option>
          {items
            .filter(({ enabled, code: itemCode }) => enabled || itemCode === value.item)
            .map(({ code: itemCode, name, unit }) => (
              <option key={itemCode} value={itemCode}>
                {name} ({menu.units[unit]})
              </option>
            ))}
        </Select>
        {value.item !== "" && number("quantity")}
        {number("prep_seconds_extra")}
        <Select label={words.fields.effect} value={value.effect} onChange={(event) => set("effect", event.target.value as OptionView["effect"])}>
          {Object.entries(words.effects).map(([effect, label]) => (
            <option key={effect} value={effect}>
              {label}
            </option>
          ))}
        </Select>
        <Check label={menu.fields.enabled} checked={value.enabled} onChange={(event) => set("enabled", event.target.checked)} />
        {number("sort")}
        <SaveBar draft={draft} author={author} labelOf={(field) => (field === "enabled" ? menu.fields.enabled : words.fields[field])} said={(field, shown) => saidOf(field, shown, items)} />
      </form>
      {option !== null && <div className="mt-6">{children(option)}</div>}
    </Sheet>
  );
}

function saidOf(field: keyof Typed, value: Typed[keyof Typed], items: readonly Item[]): string {
  const { option, on, off } = texts.menu;
  if (typeof value === "boolean") return value ? on : off;
  if (field === "kind") return option.kinds[value as OptionView["kind"]];
  if (field === "effect") return option.effects[value as OptionView["effect"]];
  if (field === "item") return items.find(({ code }) => code === value)?.name ?? texts.nothing;
  return value === "" ? texts.nothing : String(value);
}
