import { cx } from "./cx.ts";
import { Labelled } from "./labelled.tsx";

export interface CheckChipProps {
  readonly label: string;
  readonly tone?: "plain" | "danger";
  /** What is said below the label. */
  readonly note?: string | undefined;
  /** Why it cannot be had; it is then grey, and can only be taken off. */
  readonly out?: string | undefined;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

const TONES = {
  plain: ["has-checked:border-brand has-checked:bg-brand-soft", "accent-brand"],
  danger: ["has-checked:border-danger has-checked:bg-danger-soft has-checked:text-danger", "accent-danger"],
} as const;

/** One of several that may be on, as a target that a wet finger finds. */
export function CheckChip({ label, tone = "plain", note, out, checked, onChange }: CheckChipProps) {
  const [box, accent] = TONES[tone];
  return (
    <label className={cx("flex min-h-12 items-center gap-3 rounded-2xl border-2 border-line px-3 text-base font-semibold", out === undefined ? "bg-card" : "bg-off-soft text-muted", box)}>
      <input type="checkbox" className={cx("size-5 shrink-0", accent)} disabled={out !== undefined && !checked} checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <Labelled label={label} note={out ?? note} />
    </label>
  );
}
