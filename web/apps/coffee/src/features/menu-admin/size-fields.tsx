import { Button, Check, Field, IconButton, PlusIcon, Select, TrashIcon } from "@livefloor/ui";

import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import type { Item, Size } from "./api.ts";
import { isFit, LIMITS, lineName, newSize, unitOf, type TypedLine, type TypedSize } from "./recipe.ts";

interface SizeFieldsProps {
  readonly size: Size;
  readonly value: TypedSize | null;
  readonly items: readonly Item[];
  readonly onChange: (value: TypedSize) => void;
}

/** One size of a drink: whether it is made, how big, how long it takes, and what goes into it. */
export function SizeFields({ size, value, items, onChange }: SizeFieldsProps) {
  const { menu } = texts;
  if (value === null) {
    return (
      <Button look="soft" className="self-start" onClick={() => onChange(newSize(size))}>
        <PlusIcon className="size-5" />
        {menu.addSize(common.sizes[size])}
      </Button>
    );
  }
  const put = (change: Partial<TypedSize>): void => onChange({ ...value, ...change });
  const putLine = (place: number, change: Partial<TypedLine>): void => put({ recipe: value.recipe.map((line, at) => (at === place ? { ...line, ...change } : line)) });
  const wrong = (name: keyof typeof LIMITS, text: string): string | null => (isFit(name, text) ? null : texts.event.errors.limits(LIMITS[name][0], LIMITS[name][1]));
  return (
    <fieldset className="min-w-0 rounded-2xl border border-line px-4 pt-1 pb-4">
      <legend className="px-1 font-bold">{common.sizes[size]}</legend>
      <div className="flex flex-col gap-4">
        <Check label={menu.made} checked={value.enabled} onChange={(event) => put({ enabled: event.target.checked })} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={menu.volume} error={wrong("volume_ml", value.volume_ml)} inputMode="numeric" value={value.volume_ml} onChange={(event) => put({ volume_ml: event.target.value })} />
          <Field label={menu.prep} hint={menu.prepHint} error={wrong("prep_seconds", value.prep_seconds)} inputMode="numeric" value={value.prep_seconds} onChange={(event) => put({ prep_seconds: event.target.value })} />
        </div>
        <h3 className="-mb-2 text-sm font-semibold">{menu.recipe}</h3>
        <ul className="flex flex-col gap-2">
          {value.recipe.map((line, place) => (
            <li key={`${line.role} ${line.code ?? ""}`} className="flex items-end gap-2">
              <Field
                label={`${lineName(line, items)} (${unitOf(line, items)})`}
                error={wrong("quantity", line.quantity)}
                className="min-w-0 flex-1"
                inputMode="numeric"
                value={line.quantity}
                onChange={(event) => putLine(place, { quantity: event.target.value })}
              />
              <IconButton label={common.order.remove(lineName(line, items))} onClick={() => put({ recipe: value.recipe.filter((_, at) => at !== place) })}>
                <TrashIcon />
              </IconButton>
            </li>
          ))}
        </ul>
        {value.recipe.length === 0 && <p className="text-sm text-danger">{menu.recipeEmpty}</p>}
        <AddLine recipe={value.recipe} items={items} onAdd={(line) => put({ recipe: [...value.recipe, line] })} />
      </div>
    </fieldset>
  );
}

interface AddLineProps {
  readonly recipe: readonly TypedLine[];
  readonly items: readonly Item[];
  readonly onAdd: (line: TypedLine) => void;
}

function AddLine({ recipe, items, onAdd }: AddLineProps) {
  const roles = (["beans", "milk"] as const).filter((role) => !recipe.some((line) => line.role === role));
  const left = items.filter(({ code, enabled, category }) => enabled && category !== "milk" && !recipe.some((line) => line.code === code));
  const add = (value: string): void => {
    if (value === "beans" || value === "milk") onAdd({ role: value, code: null, quantity: value === "beans" ? "18" : "200" });
    else if (value !== "") onAdd({ role: "fixed", code: value, quantity: "1" });
  };
  return (
    <Select label={texts.menu.addLine} value="" onChange={(event) => add(event.target.value)}>
      <option value="">{texts.menu.pickLine}</option>
      {roles.map((role) => (
        <option key={role} value={role}>
          {texts.menu.roles[role]}
        </option>
      ))}
      {left.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </Select>
  );
}
