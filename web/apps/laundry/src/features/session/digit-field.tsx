import { Field } from "@livefloor/ui";
import type { ReactNode } from "react";

interface DigitFieldProps {
  readonly label: string;
  readonly length: number;
  readonly value: string;
  readonly autoComplete: string;
  readonly secret?: boolean;
  readonly autoFocus?: boolean;
  /** Open the phone's own keyboard: for pages without the number pad. */
  readonly keyboard?: boolean;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly onChange: (value: string) => void;
}

/** A field of digits only. The page's own number pad fills it, so phones need not open their keyboard. */
export function DigitField({ label, length, value, autoComplete, secret = false, autoFocus = false, keyboard = false, hint, error, onChange }: DigitFieldProps) {
  return (
    <Field
      label={label}
      data-digits=""
      type={secret ? "password" : "text"}
      inputMode={keyboard ? "numeric" : "none"}
      autoComplete={autoComplete}
      // The first thing on a page that has nothing else to read.
      autoFocus={autoFocus}
      maxLength={length}
      required
      value={value}
      hint={hint}
      error={error}
      className="tabular-nums [&_input]:tracking-[0.35em]"
      onChange={(event) => onChange(event.target.value.replace(/\D/g, "").slice(0, length))}
    />
  );
}
