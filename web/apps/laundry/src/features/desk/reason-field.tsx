import { Suggestions, TextArea } from "@livefloor/ui";

import { texts } from "../../texts/desk/index.ts";

interface ReasonFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly suggestions: readonly string[];
  readonly value: string;
  readonly maxLength: number;
  readonly error?: string | undefined;
  readonly onChange: (text: string) => void;
}

/** A text that staff give often: one tap takes a usual one, typing makes another. */
export function ReasonField({ label, hint, suggestions, value, maxLength, error, onChange }: ReasonFieldProps) {
  return (
    <div className="flex flex-col gap-2">
      <Suggestions label={`${label}: ${texts.acts.suggestions}`} texts={suggestions} value={value} onPick={onChange} />
      <TextArea label={label} hint={hint} error={error} rows={2} required minLength={3} maxLength={maxLength} value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}
