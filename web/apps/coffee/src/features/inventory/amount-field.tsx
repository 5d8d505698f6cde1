import { Field } from "@livefloor/ui";

import { texts } from "../../texts/stock/index.ts";

interface AmountFieldProps {
  readonly label: string;
  readonly unit: string;
  readonly value: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly onChange: (text: string) => void;
}

/** A whole number of a unit. */
export function AmountField({ label, unit, value, hint, error, onChange }: AmountFieldProps) {
  return (
    <Field
      label={`${label} (${texts.in(unit)})`}
      inputMode="numeric"
      autoComplete="off"
      maxLength={7}
      value={value}
      error={error}
      {...(hint === undefined ? {} : { hint })}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** The number that was typed; null for anything else. */
export function amountOf(text: string): number | null {
  return /^\d{1,7}$/.test(text.trim()) ? Number(text.trim()) : null;
}
