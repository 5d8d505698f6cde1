import { Field, Select, TextArea } from "@livefloor/ui";

import { texts } from "../../texts/admin/index.ts";
import type { SettingKey } from "./api.ts";
import { CHOICES, isChoice, isNumber, NUMBERS } from "./fields.ts";

interface SettingFieldProps {
  readonly name: SettingKey;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** One setting, as the control that suits it. */
export function SettingField({ name, value, error, onChange }: SettingFieldProps) {
  const { label, hint } = texts.settings.fields[name];
  const shared = { label, hint, error, value, name };
  if (isChoice(name)) {
    const words: Record<string, string> = texts.settings.options[name];
    return (
      <Select {...shared} onChange={(event) => onChange(event.target.value)}>
        {CHOICES[name].map((choice) => (
          <option key={choice} value={choice}>
            {words[choice]}
          </option>
        ))}
      </Select>
    );
  }
  if (name === "pickup_places") return <TextArea {...shared} rows={4} onChange={(event) => onChange(event.target.value)} />;
  const typing = { onChange: (event: { target: { value: string } }) => onChange(event.target.value), autoComplete: "off" };
  if (isNumber(name)) {
    const [min, max, unit] = NUMBERS[name];
    return <Field {...shared} {...typing} hint={`${texts.settings.limits(min, max, unit)} ${hint}`} inputMode="numeric" />;
  }
  if (name === "timezone") {
    return (
      <>
        <Field {...shared} {...typing} list="time-zones" spellCheck={false} />
        <datalist id="time-zones">
          {Intl.supportedValuesOf("timeZone").map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </>
    );
  }
  return <Field {...shared} {...typing} />;
}
