import type { Shift } from "../../model/schedules.ts";
import { texts } from "../../texts/shifts/index.ts";

/** Whether somebody came, in words. */
export function stateText({ status, late_minutes }: Pick<Shift, "status" | "late_minutes">): string {
  const late = late_minutes !== null && late_minutes >= 5 ? [texts.late(late_minutes)] : [];
  return [texts.states[status], ...late].join(", ");
}

export const LOOKS: Record<Shift["status"], string> = {
  planned: "border-edge bg-card text-ink",
  checked_in: "border-free bg-free-soft text-free",
  on_break: "border-held bg-held-soft text-held",
  checked_out: "border-line bg-off-soft text-ink",
  no_show: "border-danger border-dashed bg-danger-soft text-danger",
  cancelled: "border-line bg-off-soft text-muted",
};

/** A mark beside the colour: the state is told without it too. */
export const MARKS: Record<Shift["status"], string> = { planned: "○", checked_in: "●", on_break: "❚❚", checked_out: "✓", no_show: "✕", cancelled: "–" };
