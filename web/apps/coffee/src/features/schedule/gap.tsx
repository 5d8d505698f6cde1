import { texts } from "../../texts/shifts/index.ts";
import { clockOf, type Span } from "./days.ts";

interface GapProps {
  readonly gap: Span;
  readonly zone: string;
  readonly canEdit: boolean;
  readonly onNew: () => void;
}

/** A stretch without a barista: red, in words, and one tap from a shift. */
export function Gap({ gap, zone, canEdit, onNew }: GapProps) {
  const text = texts.schedule.gap(clockOf(gap.from, zone), clockOf(gap.to, zone));
  const look = "flex size-full min-h-12 items-center overflow-hidden rounded-xl border-2 border-dashed border-danger bg-danger-soft px-2 text-left text-sm leading-tight font-bold text-danger";
  return canEdit ? (
    <button type="button" className={look} onClick={onNew}>
      {text}
    </button>
  ) : (
    <span className={look}>{text}</span>
  );
}
