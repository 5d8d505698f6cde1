import { Problem } from "@livefloor/api";
import { Button, EmptyState, Field, Refusal, Select, Sheet, toast } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { addMilk, milkItemsQuery, type Milks } from "./api.ts";
import { CLOSEST, distance, isColour } from "./colours.ts";

/** Colours to begin with; the first that is far enough from all others is taken. */
const FREE = ["#8d6e63", "#f06292", "#607d8b", "#9ccc65", "#ff7043", "#3f2f8f", "#ffee58", "#212121"];

/** Another milk: it is an item of the inventory already. */
export function AddMilk({ stored, onClose }: { readonly stored: Milks; readonly onClose: () => void }) {
  const items = useQuery(milkItemsQuery);
  const { milks } = texts;
  const on = stored.milk_colors.filter(({ enabled }) => enabled);
  const [name, setName] = useState("");
  const [letter, setLetter] = useState("");
  const [color, setColor] = useState(() => FREE.find((one) => on.every((milk) => distance(milk.color, one) >= CLOSEST)) ?? "#8d6e63");
  const [item, setItem] = useState("");
  const [isTried, setTried] = useState(false);
  const add = useAct(addMilk, () => {
    toast(milks.added(name.trim()), "good");
    onClose();
  });
  const problem = add.error instanceof Problem ? add.error : null;
  const taken = new Set(stored.milk_colors.map(({ code }) => code));
  const near = on.find((milk) => isColour(color) && distance(milk.color, color) < CLOSEST);
  const sameLetter = on.find((milk) => milk.letter === letter.trim());
  const wrong = {
    name: name.trim() === "" ? milks.errors.name : null,
    letter: !/^[A-Z0-9]{1,2}$/.test(letter.trim()) ? milks.errors.letter : sameLetter === undefined ? null : milks.errors.taken(sameLetter.name),
    color: !isColour(color) ? milks.errors.color : near === undefined ? null : milks.errors.close(near.name),
    item: item === "" ? milks.needsItem : null,
  };
  const at = (field: keyof typeof wrong): string | null => (isTried ? wrong[field] : null);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).some((one) => one !== null) || add.isPending) return;
    const code = item.replace(/^milk_/, "");
    add.mutate({ code: taken.has(code) ? item : code, name: name.trim(), letter: letter.trim(), color, inventory_code: item, sort: stored.milk_colors.length + 1 });
  };

  return (
    <Sheet title={milks.add} description={milks.addText} closeLabel={common.close} onClose={onClose}>
      <Loaded query={items}>
        {(all) => {
          const free = all.filter(({ code }) => !taken.has(code.replace(/^milk_/, "")) && !taken.has(code));
          if (free.length === 0) return <EmptyState>{milks.noItem}</EmptyState>;
          return (
            <form noValidate onSubmit={submit} className="flex flex-col gap-4">
              <Select label={milks.item} error={at("item")} value={item} onChange={(event) => setItem(event.target.value)}>
                <option value="" />
                {free.map(({ code, name: label }) => (
                  <option key={code} value={code}>
                    {label}
                  </option>
                ))}
              </Select>
              <Field label={milks.fields.name} error={at("name")} maxLength={40} value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
              <Field label={milks.fields.letter} hint={milks.letterHint} error={at("letter")} maxLength={2} value={letter} autoComplete="off" onChange={(event) => setLetter(event.target.value.toUpperCase())} />
              <Field label={milks.fields.color} error={at("color")} type="color" className="max-w-40" value={color} onChange={(event) => setColor(event.target.value)} />
              <Refusal error={problem} />
              <Button type="submit" busy={add.isPending && milks.adding}>
                {milks.add}
              </Button>
            </form>
          );
        }}
      </Loaded>
    </Sheet>
  );
}
