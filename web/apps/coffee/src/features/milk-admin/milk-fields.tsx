import type { MilkColor } from "@livefloor/api/coffee";
import type { Draft } from "@livefloor/forms";
import { Button, Check, Field, Select } from "@livefloor/ui";
import { useId } from "react";

import { MilkMark } from "../../model/milk-mark.tsx";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { contrast } from "./colours.ts";
import { DELIVERED, type Field as Name, type Typed, type Wrong } from "./typed.ts";

const PATTERNS: readonly MilkColor["pattern"][] = ["solid", "stripe", "dot", "ring", "check"];

interface MilkFieldsProps {
  /** As it would be shown with what is typed. */
  readonly milk: MilkColor;
  readonly draft: Draft<Typed>;
  readonly wrong: Partial<Record<Wrong, string>>;
  /** Null at the end of the list. */
  readonly onUp: (() => void) | null;
  readonly onDown: (() => void) | null;
}

/** One milk: what tells it apart, what is in it, and its place among the others. */
export function MilkFields({ milk, draft, wrong, onUp, onDown }: MilkFieldsProps) {
  const { milks } = texts;
  const id = useId();
  const typedColor = String(draft.value[`${milk.code}.color`]);
  const set = (field: Name, value: Typed[string]): void => draft.set(`${milk.code}.${field}`, value);
  const delivered = DELIVERED[milk.code];
  const isDelivered = delivered === undefined || (delivered.color === milk.color && delivered.letter === milk.letter && delivered.pattern === milk.pattern);
  return (
    <fieldset className="min-w-0 rounded-tile border border-line bg-card px-4 pt-2 pb-4">
      <legend className="flex items-center gap-2 px-1 text-lg font-bold">
        <MilkMark milk={milk} className="h-8 min-w-12 rounded-lg px-2" />
        {milk.name}
      </legend>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label={milks.fields.name} error={wrong.name} maxLength={40} value={milk.name} autoComplete="off" onChange={(event) => set("name", event.target.value)} />
        <Field label={milks.fields.letter} hint={milks.letterHint} error={wrong.letter} maxLength={2} value={milk.letter} autoComplete="off" autoCapitalize="characters" onChange={(event) => set("letter", event.target.value.toUpperCase())} />
        <div className="flex items-start gap-2">
          <Field label={milks.fields.color} hint={milks.contrast(contrast(milk.text_color, milk.color).toFixed(1))} error={wrong.color} className="min-w-0 flex-1" maxLength={7} value={typedColor} spellCheck={false} autoComplete="off" onChange={(event) => set("color", event.target.value.trim().toLowerCase())} />
          <label htmlFor={id} className="sr-only">
            {milks.pick(milk.name)}
          </label>
          <input id={id} type="color" className="mt-6.5 h-13 w-14 shrink-0 rounded-xl border border-edge bg-raised p-1" value={milk.color} onChange={(event) => set("color", event.target.value)} />
        </div>
        <Select label={milks.fields.pattern} value={milk.pattern} onChange={(event) => set("pattern", event.target.value)}>
          {PATTERNS.map((pattern) => (
            <option key={pattern} value={pattern}>
              {milks.patterns[pattern]}
            </option>
          ))}
        </Select>
        <fieldset className="min-w-0 sm:col-span-2">
          <legend className="mb-1.5 text-sm font-semibold">{milks.fields.allergens}</legend>
          <div className="grid grid-cols-2 gap-2 md:grid-cols-3">
            {Object.entries(common.allergens).map(([code, name]) => (
              <Check
                key={code}
                label={name}
                checked={milk.allergens.includes(code)}
                onChange={(event) => set("allergens", event.target.checked ? [...milk.allergens, code].sort() : milk.allergens.filter((one) => one !== code))}
              />
            ))}
          </div>
        </fieldset>
        <Check label={milks.fields.enabled} hint={milks.enabledHint} checked={milk.enabled} onChange={(event) => set("enabled", event.target.checked)} className="sm:col-span-2" />
      </div>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button look="quiet" aria-label={milks.up(milk.name)} disabled={onUp === null} onClick={onUp ?? undefined}>
          ↑
        </Button>
        <Button look="quiet" aria-label={milks.down(milk.name)} disabled={onDown === null} onClick={onDown ?? undefined}>
          ↓
        </Button>
        {!isDelivered && (
          <Button
            look="quiet"
            aria-label={`${milks.deliver}: ${milk.name}`}
            onClick={() => {
              set("color", delivered.color);
              set("letter", delivered.letter);
              set("pattern", delivered.pattern);
            }}
          >
            {milks.deliver}
          </Button>
        )}
      </div>
    </fieldset>
  );
}
