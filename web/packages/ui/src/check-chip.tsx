import { cx } from "./cx.ts";

export interface CheckChipProps {
  readonly label: string;
  readonly tone?: "plain" | "danger";
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

const TONES = {
  plain: ["has-checked:border-brand has-checked:bg-brand-soft", "accent-brand"],
  danger: ["has-checked:border-danger has-checked:bg-danger-soft has-checked:text-danger", "accent-danger"],
} as const;

/** One of several that may be on, as a target that a wet finger finds. */
export function CheckChip({ label, tone = "plain", checked, onChange }: CheckChipProps) {
  const [box, accent] = TONES[tone];
  return (
    <label className={cx("flex min-h-12 items-center gap-3 rounded-2xl border-2 border-line bg-card px-3 text-base font-semibold", box)}>
      <input type="checkbox" className={cx("size-5 shrink-0", accent)} checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
