import { Problem } from "@livefloor/api";
import type { StationView } from "@livefloor/api/coffee";
import { useDraft } from "@livefloor/forms";
import { Field, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { SaveBar } from "../../model/save-bar.tsx";
import { fieldsOf, isStale, lastAuthor } from "../../model/settings.ts";
import { texts } from "../../texts/settings/index.ts";
import { changeStation, readStation } from "./api.ts";
import { numberWrong } from "./numbers.ts";

const NUMBERS = { machine_positions: [1, 4], max_queue: [1, 99], sort: [0, 1000] } as const;
type NumberKey = keyof typeof NUMBERS;
type Key = "name" | "location" | NumberKey;
type Typed = Readonly<Record<Key, string>> & { readonly version: number };

const OF_STORAGE: readonly Key[] = ["name", "location", "sort"];
const ALL: readonly Key[] = ["name", "location", "machine_positions", "max_queue", "sort"];

const typed = (station: StationView): Typed => ({
  name: station.name,
  location: station.location,
  machine_positions: String(station.machine_positions),
  max_queue: String(station.max_queue),
  sort: String(station.sort),
  version: station.version,
});

const isNumber = (key: string): key is NumberKey => key in NUMBERS;

/** Name, place and size of a station; others may be at it too. */
export function StationForm({ station }: { readonly station: StationView }) {
  const [author, setAuthor] = useState<string | null>(null);
  const { fields, needsName } = texts.stations;
  const draft = useDraft<Typed>({
    stored: typed(station),
    save: async (changes, { version }) => {
      const said = (Object.keys(changes) as Key[]).map((key) => [key, isNumber(key) ? Number(changes[key]) : (changes[key] ?? "").trim()] as const);
      return typed(await changeStation(station.id, { ...Object.fromEntries(said), version }));
    },
    reload: async () => {
      const [now, who] = await Promise.all([readStation(station.id), lastAuthor(`station:${station.id}`)]);
      setAuthor(who);
      return typed(now);
    },
    isStale,
    fieldErrors: (error) => (error instanceof Problem && error.code === "name_taken" ? { name: error.message } : fieldsOf(error)),
    onSaved: () => toast(texts.saved, "good"),
  });
  const keys = station.kind === "storage" ? OF_STORAGE : ALL;
  const wrongOf = (key: Key): string | null => {
    if (isNumber(key)) return numberWrong(draft.value[key], NUMBERS[key]);
    return key === "name" && draft.value.name.trim() === "" ? needsName : null;
  };
  const isWrong = keys.some((key) => wrongOf(key) !== null);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isWrong) void draft.save();
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <div className="grid items-start gap-4 md:grid-cols-2">
        {keys.map((key) => (
          <Field
            key={key}
            name={key}
            label={fields[key].label}
            hint={fields[key].hint}
            error={wrongOf(key) ?? draft.errors[key]}
            value={draft.value[key]}
            maxLength={key === "name" ? 40 : 80}
            inputMode={isNumber(key) ? "numeric" : "text"}
            autoComplete="off"
            onChange={(event) => draft.set(key, event.target.value)}
          />
        ))}
      </div>
      <SaveBar draft={draft} author={author} isWrong={isWrong} labelOf={(field) => fields[field as Key].label} said={(_, value) => (value === "" ? texts.nothing : String(value))} />
    </form>
  );
}
