import type { DrinkView, MilkColor } from "@livefloor/api/coffee";
import { useDraft, type Draft } from "@livefloor/forms";
import { Check, Field, Select, toast } from "@livefloor/ui";
import { useState, type ReactNode, type SubmitEvent } from "react";

import { SaveBar } from "../../model/save-bar.tsx";
import { queries } from "../../model/services.ts";
import { fieldsOf, isStale, lastAuthor } from "../../model/settings.ts";
import { texts } from "../../texts/settings/index.ts";
import { changeChoices, choicesQuery, type Choices } from "./api.ts";
import { PickSome } from "./pick-some.tsx";
import { numberWrong } from "./numbers.ts";

const NUMBERS = { volume: [0, 100], label_copies: [0, 2], max_queue: [1, 99], reminder_minutes: [0, 60], board_clear_minutes: [1, 240], late_minutes: [1, 240] } as const;
const LISTS = { layout: ["cards", "list"], printer: ["none", "browser", "zpl"] } as const;
const OF_EVENT = ["reminder_minutes", "late_minutes", "board_clear_minutes", "max_queue"] as const;

type NumberKey = keyof typeof NUMBERS;
type ListKey = keyof typeof LISTS;
type SwitchKey = "sound" | "vip_allowed" | "batch_hints" | "one_tap_complete";
type PickKey = "menu_item_codes" | "milk_codes";
type Key = NumberKey | ListKey | SwitchKey | PickKey | "board_message";
type Value = string | boolean | readonly string[] | null;
type Typed = Readonly<Record<NumberKey | ListKey | "board_message", string>> & Readonly<Record<SwitchKey, boolean>> & Readonly<Record<PickKey, readonly string[] | null>> & { readonly version: number };

function typed({ settings, inherited, version }: Choices): Typed {
  // What is the event's is empty here, so that it goes on following the event.
  const own = (key: (typeof OF_EVENT)[number]): string => (inherited.includes(key) ? "" : String(settings[key] ?? ""));
  return {
    sound: settings.sound?.on ?? true,
    volume: String(settings.sound?.volume ?? 80),
    layout: settings.layout ?? "cards",
    printer: settings.printer ?? "browser",
    label_copies: String(settings.label_copies ?? 1),
    menu_item_codes: settings.menu_item_codes ?? null,
    milk_codes: settings.milk_codes ?? null,
    vip_allowed: settings.vip_allowed ?? true,
    batch_hints: settings.batch_hints ?? true,
    one_tap_complete: settings.one_tap_complete ?? false,
    board_message: settings.board_message ?? "",
    max_queue: own("max_queue"),
    reminder_minutes: own("reminder_minutes"),
    board_clear_minutes: own("board_clear_minutes"),
    late_minutes: own("late_minutes"),
    version,
  };
}

/** The changed settings as the server takes them; null is the event's again. */
function parsed(changes: Partial<Typed>, base: Typed): Record<string, unknown> {
  const { sound, volume, ...rest } = changes;
  const isSound = sound !== undefined || volume !== undefined;
  return {
    ...(isSound ? { sound: { on: sound ?? base.sound, volume: Number(volume ?? base.volume) } } : {}),
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== "version").map(([key, value]) => [key, key in NUMBERS ? (value === "" ? null : Number(value)) : value])),
  };
}

interface ChoicesFormProps {
  readonly choices: Choices;
  readonly drinks: readonly DrinkView[];
  readonly milks: readonly MilkColor[];
}

/** How a station works: its tablet, its board, what it serves, and what it does otherwise than the event. */
export function ChoicesForm({ choices, drinks, milks }: ChoicesFormProps) {
  const [author, setAuthor] = useState<string | null>(null);
  const id = choices.station_id;
  const draft = useDraft<Typed>({
    stored: typed(choices),
    save: async (changes, base) => typed(await changeChoices(id, parsed(changes, base), base.version)),
    reload: async () => {
      const [now, who] = await Promise.all([queries.query(choicesQuery(id)), lastAuthor(`settings:station:${id}`)]);
      setAuthor(who);
      return typed(now);
    },
    isStale,
    fieldErrors: (error) => fieldsOf(error, "settings."),
    onSaved: () => toast(texts.saved, "good"),
  });
  const { fields, options, groups } = texts.stationChoices;
  const names = new Map([...drinks, ...milks].map(({ code, name }) => [code, name]));
  const wrongOf = (key: NumberKey): string | null => {
    const text = draft.value[key];
    return text === "" && (OF_EVENT as readonly string[]).includes(key) ? null : numberWrong(text, NUMBERS[key]);
  };
  const isWrong = (Object.keys(NUMBERS) as NumberKey[]).some((key) => wrongOf(key) !== null);
  const said = (key: Key, value: Value): string => {
    if (value === null) return texts.stationChoices.all;
    if (typeof value === "boolean") return value ? texts.yes : texts.no;
    if (typeof value !== "string") return value.length === 0 ? texts.nothing : value.map((code) => names.get(code) ?? code).join(", ");
    if (key in LISTS) return options[key as ListKey][value] ?? value;
    return value === "" ? texts.nothing : value;
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isWrong) void draft.save();
  };
  const numberField = (key: NumberKey) => {
    const isOfEvent = (OF_EVENT as readonly string[]).includes(key);
    const event = isOfEvent ? choices.settings[key as (typeof OF_EVENT)[number]] : null;
    const hint = isOfEvent && key !== "max_queue" && choices.inherited.includes(key) ? `${fields[key].hint} ${texts.stationChoices.inherited(String(event))}` : fields[key].hint;
    return <Field key={key} name={key} label={fields[key].label} hint={hint} error={wrongOf(key) ?? draft.errors[key]} value={draft.value[key]} inputMode="numeric" autoComplete="off" onChange={(change) => draft.set(key, change.target.value)} />;
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-6">
      <Group title={groups.tablet}>
        <Switch name="sound" draft={draft} />
        {numberField("volume")}
        {(Object.keys(LISTS) as ListKey[]).map((key) => (
          <Select key={key} name={key} label={fields[key].label} hint={fields[key].hint} value={draft.value[key]} onChange={(event) => draft.set(key, event.target.value)}>
            {LISTS[key].map((option) => (
              <option key={option} value={option}>
                {options[key][option]}
              </option>
            ))}
          </Select>
        ))}
        {numberField("label_copies")}
        <Switch name="batch_hints" draft={draft} />
        <Switch name="one_tap_complete" draft={draft} />
      </Group>
      <Group title={groups.board}>
        <Field
          name="board_message"
          label={fields.board_message.label}
          hint={fields.board_message.hint}
          error={draft.errors.board_message}
          value={draft.value.board_message}
          maxLength={80}
          autoComplete="off"
          onChange={(event) => draft.set("board_message", event.target.value)}
        />
        {numberField("board_clear_minutes")}
      </Group>
      <Group title={groups.queue}>
        {numberField("max_queue")}
        {numberField("late_minutes")}
        {numberField("reminder_minutes")}
        <Switch name="vip_allowed" draft={draft} />
      </Group>
      <Group title={groups.serves}>
        <PickSome legend={fields.menu_item_codes.label} choices={drinks} picked={draft.value.menu_item_codes} onPick={(next) => draft.set("menu_item_codes", next)} />
        <PickSome legend={fields.milk_codes.label} choices={milks} picked={draft.value.milk_codes} onPick={(next) => draft.set("milk_codes", next)} />
      </Group>
      <SaveBar draft={draft} author={author} isWrong={isWrong} labelOf={(field) => fields[field as Key].label} said={(field, value) => said(field as Key, value as Value)} />
    </form>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className="min-w-0 rounded-2xl border border-line px-4 pt-1 pb-4">
      <legend className="px-1 font-bold">{title}</legend>
      <div className="grid items-start gap-4 md:grid-cols-2">{children}</div>
    </fieldset>
  );
}

function Switch({ name, draft }: { readonly name: SwitchKey; readonly draft: Draft<Typed> }) {
  const { label, hint } = texts.stationChoices.fields[name];
  return <Check name={name} label={label} hint={hint} checked={draft.value[name]} onChange={(event) => draft.set(name, event.target.checked)} />;
}
