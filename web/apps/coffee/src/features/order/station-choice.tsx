import { cx } from "@livefloor/ui";

interface StationChoiceProps {
  readonly label: string;
  readonly aside: string;
  readonly isChosen: boolean;
  readonly isOff?: boolean;
  readonly onPick: () => void;
}

/** One station, with what it takes there. */
export function StationChoice({ label, aside, isChosen, isOff = false, onPick }: StationChoiceProps) {
  return (
    <label className={cx("flex min-h-12 items-center gap-3 rounded-2xl border-2 px-3 text-base font-semibold", isChosen ? "border-brand bg-brand-soft" : "border-line", isOff && "text-muted")}>
      <input type="radio" name="station" className="size-5 accent-brand" checked={isChosen} onChange={onPick} />
      <span className="flex-1">{label}</span>
      <span className="text-base font-medium text-muted">{aside}</span>
    </label>
  );
}
