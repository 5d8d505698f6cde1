import type { MenuView, MilkColor, OptionView, StationOffers } from "@livefloor/api/coffee";
import { Check, CheckChip, ChoiceGrid, Field, Stepper } from "@livefloor/ui";

import { MilkMark } from "../../model/milk-mark.tsx";
import { texts } from "../../texts/index.ts";
import { conflicts, stationsFor, stationsWith, withDrink, type Allergen, type Asked, type Draft, type Size } from "./draft.ts";

interface CupPickerProps {
  readonly menu: MenuView;
  readonly milks: readonly MilkColor[];
  /** What the open stations offer; undefined while it is not known: then nothing is refused here. */
  readonly offers: readonly StationOffers[] | undefined;
  readonly station: number | null;
  readonly stationName: (id: number) => string;
  readonly draft: Draft;
  /** Whether this person marks VIPs. */
  readonly mayVip: boolean;
  readonly onChange: (draft: Draft) => void;
}

/** One cup: drink, size, milk, extras, allergies. What is out is grey, and says where there is some. */
export function CupPicker({ menu, milks, offers, station, stationName, draft, mayVip, onChange }: CupPickerProps) {
  const { drink, size, milk, options, allergies } = draft;
  const outUnless = (at: readonly number[]): string | undefined => {
    if (station === null ? at.length > 0 : at.includes(station)) return undefined;
    return at.length === 0 ? texts.order.out : texts.order.outAt(at.map(stationName).join(", "));
  };
  const outOf = (asked: Asked): string | undefined => (offers === undefined ? undefined : outUnless(stationsFor(asked, offers)));
  const outOfOption = (option: string): string | undefined => (offers === undefined ? undefined : outUnless(stationsWith(option, offers)));
  return (
    <div className="flex flex-col gap-5">
      <ChoiceGrid
        legend={texts.order.drink}
        value={drink?.code ?? null}
        tiles={menu.items.filter(({ enabled }) => enabled).map(({ code, name }) => ({ key: code, label: name, out: outOf({ drink: code }) }))}
        onPick={(code) => {
          const found = menu.items.find((item) => item.code === code);
          if (found !== undefined) onChange(withDrink(draft, found));
        }}
      />
      {drink !== null && (
        <ChoiceGrid
          legend={texts.order.size}
          className="grid-cols-3"
          value={size}
          tiles={drink.variants.filter(({ enabled }) => enabled).map((variant) => ({ key: variant.size, label: texts.sizes[variant.size], out: outOf({ drink: drink.code, size: variant.size }) }))}
          onPick={(key) => onChange({ ...draft, size: key as Size })}
        />
      )}
      {drink !== null && drink.needs_milk !== "none" && (
        <ChoiceGrid
          legend={texts.order.milk}
          value={milk ?? (drink.needs_milk === "optional" ? "" : null)}
          tiles={[
            ...(drink.needs_milk === "optional" ? [{ key: "", label: texts.noMilk }] : []),
            ...milks
              .filter(({ enabled }) => enabled)
              .map((one) => ({
                key: one.code,
                label: one.name,
                icon: <MilkMark milk={one} className="min-h-14 w-11 self-stretch text-lg" />,
                out: conflicts(one, allergies) ? texts.station.allergy(one.allergens.map((code) => texts.allergens[code as Allergen]).join(", ")) : outOf({ drink: drink.code, size, milk: one.code }),
              })),
          ]}
          onPick={(code) => onChange({ ...draft, milk: code === "" ? null : code })}
        />
      )}
      {drink !== null && <Options options={menu.options} outOf={outOfOption} value={options} onChange={(next) => onChange({ ...draft, options: next })} />}
      {drink !== null && <Allergies value={allergies} onChange={(next) => onChange({ ...draft, allergies: next })} />}
      {drink !== null && (
        <Field label={texts.order.notes} hint={texts.order.notesHint} maxLength={120} value={draft.notes} onChange={(event) => onChange({ ...draft, notes: event.target.value })} />
      )}
      {drink !== null && mayVip && <Check label={texts.order.vip} checked={draft.vip} onChange={(event) => onChange({ ...draft, vip: event.target.checked })} />}
    </div>
  );
}

interface OptionsProps {
  readonly options: readonly OptionView[];
  readonly outOf: (option: string) => string | undefined;
  readonly value: Readonly<Record<string, number>>;
  readonly onChange: (value: Readonly<Record<string, number>>) => void;
}

function Options({ options, outOf, value, onChange }: OptionsProps) {
  return (
    <fieldset>
      <legend className="mb-2 text-base font-bold">{texts.order.options}</legend>
      <div className="grid grid-cols-1 gap-2 sm:grid-cols-2 xl:grid-cols-3">
        {options
          .filter(({ enabled }) => enabled)
          .map(({ code, name, kind, max }) => {
            const count = value[code] ?? 0;
            if (kind === "flag") return <CheckChip key={code} label={name} out={outOf(code)} checked={count > 0} onChange={(on) => onChange({ ...value, [code]: on ? 1 : 0 })} />;
            return (
              <Stepper
                key={code}
                label={name}
                out={outOf(code)}
                value={count}
                max={max}
                lessLabel={texts.order.less(name)}
                moreLabel={texts.order.more(name)}
                onChange={(next) => onChange({ ...value, [code]: next })}
              />
            );
          })}
      </div>
    </fieldset>
  );
}

const ALLERGENS = Object.keys(texts.allergens) as Allergen[];

function Allergies({ value, onChange }: { readonly value: readonly Allergen[]; readonly onChange: (value: readonly Allergen[]) => void }) {
  return (
    <fieldset>
      <legend className="mb-2 text-base font-bold">{texts.order.allergies}</legend>
      <div className="flex flex-wrap gap-2">
        {ALLERGENS.map((code) => (
          <CheckChip
            key={code}
            label={texts.allergens[code]}
            tone="danger"
            checked={value.includes(code)}
            onChange={(on) => onChange(on ? [...value, code] : value.filter((one) => one !== code))}
          />
        ))}
      </div>
    </fieldset>
  );
}
