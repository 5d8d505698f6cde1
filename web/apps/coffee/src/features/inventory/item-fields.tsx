import { Check, Field, Select } from "@livefloor/ui";

import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/stock/index.ts";
import { AmountField } from "./amount-field.tsx";
import { ALLERGENS, CATEGORIES, UNITS, type TypedItem } from "./item-form.ts";

const { items: words } = texts;

interface ItemFieldsProps {
  readonly item: TypedItem;
  readonly errors: Readonly<Record<string, string | undefined>>;
  readonly set: <Name extends keyof TypedItem>(name: Name, value: TypedItem[Name]) => void;
}

/** What the catalogue says of an item. */
export function ItemFields({ item, errors, set }: ItemFieldsProps) {
  const amount = (name: "pack_size" | "default_low" | "default_critical" | "default_capacity", label: string) => (
    <AmountField label={label} unit={item.unit} value={item[name]} error={errors[name]} onChange={(text) => set(name, text)} />
  );
  return (
    <>
      <Field label={words.name} error={errors.name} maxLength={60} autoComplete="off" value={item.name} onChange={(event) => set("name", event.target.value)} />
      <Select label={words.category} error={errors.category} value={item.category} onChange={(event) => set("category", CATEGORIES.find((one) => one === event.target.value) ?? "other")}>
        {CATEGORIES.map((category) => (
          <option key={category} value={category}>
            {words.categories[category]}
          </option>
        ))}
      </Select>
      <Select label={words.unit} error={errors.unit} value={item.unit} onChange={(event) => set("unit", UNITS.find((one) => one === event.target.value) ?? "pcs")}>
        {UNITS.map((unit) => (
          <option key={unit} value={unit}>
            {words.units[unit]}
          </option>
        ))}
      </Select>
      {amount("pack_size", words.pack)}
      {amount("default_low", words.low)}
      {amount("default_critical", words.critical)}
      {amount("default_capacity", words.capacity)}
      <Check label={words.blocks} checked={item.blocks} onChange={(event) => set("blocks", event.target.checked)} />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-semibold">{words.allergens}</legend>
        {ALLERGENS.map((allergen) => (
          <Check
            key={allergen}
            label={common.allergens[allergen]}
            checked={item.allergens.includes(allergen)}
            onChange={(event) => set("allergens", ALLERGENS.filter((one) => (one === allergen ? event.target.checked : item.allergens.includes(one))))}
          />
        ))}
      </fieldset>
    </>
  );
}
