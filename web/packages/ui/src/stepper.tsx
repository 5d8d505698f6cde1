import { IconButton } from "./button.tsx";
import { cx } from "./cx.ts";
import { MinusIcon, PlusIcon } from "./icons.tsx";
import { Labelled } from "./labelled.tsx";

export interface StepperProps {
  readonly label: string;
  /** What is said below the label. */
  readonly note?: string | undefined;
  /** Why it cannot be had; it is then grey, and can only be taken off. */
  readonly out?: string | undefined;
  readonly value: number;
  readonly max: number;
  readonly lessLabel: string;
  readonly moreLabel: string;
  readonly onChange: (value: number) => void;
}

/** How many of one thing, from none to `max`. */
export function Stepper({ label, note, out, value, max, lessLabel, moreLabel, onChange }: StepperProps) {
  return (
    <div className={cx("flex min-h-12 items-center rounded-2xl border-2 border-line pl-3 text-base font-semibold", out === undefined ? "bg-card" : "bg-off-soft text-muted")}>
      <Labelled label={label} note={out ?? note} />
      <IconButton label={lessLabel} disabled={value === 0} className="disabled:opacity-40" onClick={() => onChange(value - 1)}>
        <MinusIcon />
      </IconButton>
      <output className="w-5 text-center">{value}</output>
      <IconButton label={moreLabel} disabled={value >= max || out !== undefined} className="disabled:opacity-40" onClick={() => onChange(value + 1)}>
        <PlusIcon />
      </IconButton>
    </div>
  );
}
