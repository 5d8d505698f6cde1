import { Check, Field, TextArea } from "@livefloor/ui";

import { texts } from "../../texts/settings/index.ts";
import { FIELDS, isNumber, type Key, type Value, type Window } from "./fields.ts";
import { WindowsField } from "./windows-field.tsx";

interface SettingFieldProps {
  readonly name: Key;
  readonly value: Value;
  readonly error: string | undefined;
  readonly onChange: (value: Value) => void;
}

/** One setting, as the control that suits it. */
export function SettingField({ name, value, error, onChange }: SettingFieldProps) {
  const { label, hint } = texts.event.fields[name];
  const kind = FIELDS[name];
  if (kind === "switch") return <Check label={label} hint={hint} name={name} checked={value === true} onChange={(event) => onChange(event.target.checked)} />;
  if (kind === "windows" || kind === "hours") {
    return <WindowsField name={name} label={label} hint={hint} error={error} windows={value as readonly Window[]} most={kind === "hours" ? 1 : 12} onChange={onChange} />;
  }
  const shared = { label, error, name, value: typeof value === "string" ? value : "", autoComplete: "off", onChange: (event: { target: { value: string } }) => onChange(event.target.value) };
  if (kind === "words") return <TextArea {...shared} hint={hint} rows={5} spellCheck={false} autoCapitalize="off" />;
  if (isNumber(kind)) return <Field {...shared} hint={`${texts.event.limits(kind.min, kind.max, kind.unit)} ${hint}`} inputMode="numeric" />;
  return <Field {...shared} hint={hint} spellCheck={false} autoCapitalize={kind === "code" ? "characters" : "off"} />;
}
