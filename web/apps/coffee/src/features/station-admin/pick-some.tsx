import { Check } from "@livefloor/ui";

import { texts } from "../../texts/settings/index.ts";

interface PickSomeProps {
  readonly legend: string;
  readonly choices: readonly { readonly code: string; readonly name: string; readonly enabled: boolean }[];
  /** Codes; null stands for all, also for those to come. */
  readonly picked: readonly string[] | null;
  readonly onPick: (picked: readonly string[] | null) => void;
}

/** All, or some of them. */
export function PickSome({ legend, choices, picked, onPick }: PickSomeProps) {
  const shown = choices.filter(({ code, enabled }) => enabled || picked?.includes(code) === true);
  const toggle = (code: string): void => onPick((picked ?? []).includes(code) ? (picked ?? []).filter((one) => one !== code) : [...(picked ?? []), code]);
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-semibold">{legend}</legend>
      <Check label={texts.stationChoices.all} hint={texts.stationChoices.allHint} checked={picked === null} onChange={(event) => onPick(event.target.checked ? null : shown.map(({ code }) => code))} />
      {picked !== null && (
        <div className="mt-2 grid gap-2 sm:grid-cols-2">
          {shown.map(({ code, name }) => (
            <Check key={code} label={name} checked={picked.includes(code)} onChange={() => toggle(code)} />
          ))}
        </div>
      )}
    </fieldset>
  );
}
