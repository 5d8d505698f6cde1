import { Field } from "@livefloor/ui";

interface PinFieldProps {
  readonly label: string;
  readonly value: string;
  readonly isNew?: boolean;
  readonly hint?: string;
  readonly error: string | null;
  readonly onChange: (pin: string) => void;
}

/** Four digits that nobody reads over the shoulder. */
export function PinField({ label, value, isNew = false, hint, error, onChange }: PinFieldProps) {
  return (
    <Field
      label={label}
      type="password"
      inputMode="numeric"
      autoComplete={isNew ? "new-password" : "current-password"}
      maxLength={4}
      required
      value={value}
      hint={hint}
      error={error}
      className="[&_input]:tracking-[0.35em]"
      onChange={(event) => onChange(event.target.value.replace(/\D/g, ""))}
    />
  );
}
