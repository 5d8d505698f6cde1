import { IconButton } from "./button.tsx";
import { MinusIcon, PlusIcon } from "./icons.tsx";

export interface StepperProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly lessLabel: string;
  readonly moreLabel: string;
  readonly onChange: (value: number) => void;
}

/** How many of one thing, from none to `max`. */
export function Stepper({ label, value, max, lessLabel, moreLabel, onChange }: StepperProps) {
  return (
    <div className="flex min-h-12 items-center rounded-2xl border-2 border-line bg-card pl-3 text-base font-semibold">
      <span className="min-w-0 flex-1">{label}</span>
      <IconButton label={lessLabel} disabled={value === 0} className="disabled:opacity-40" onClick={() => onChange(value - 1)}>
        <MinusIcon />
      </IconButton>
      <output className="w-5 text-center">{value}</output>
      <IconButton label={moreLabel} disabled={value >= max} className="disabled:opacity-40" onClick={() => onChange(value + 1)}>
        <PlusIcon />
      </IconButton>
    </div>
  );
}
