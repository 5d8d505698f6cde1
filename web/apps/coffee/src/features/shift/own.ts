import type { Shift } from "../../model/schedules.ts";

const EARLY_MS = 30 * 60_000;
const AT_WORK: readonly Shift["status"][] = ["checked_in", "on_break"];

/** The shift that counts now: the running one, else the next that can still be worked. */
export function currentOf<One extends Shift>(shifts: readonly One[], now: number): One | undefined {
  const open = shifts.filter(({ status, ends_at }) => (status === "planned" || status === "no_show") && Date.parse(ends_at) > now);
  return shifts.find(({ status }) => AT_WORK.includes(status)) ?? [...open].sort((one, other) => one.starts_at.localeCompare(other.starts_at))[0];
}

/** When check-in opens: half an hour before the start (rule 68). */
export const opensAt = ({ starts_at }: Pick<Shift, "starts_at">): number => Date.parse(starts_at) - EARLY_MS;

/** Who is at the same station at the same time. */
export function besides(shift: Shift, all: readonly Shift[]): readonly Shift[] {
  return all.filter(
    (other) => other.id !== shift.id && other.user_id !== shift.user_id && other.station_id === shift.station_id && other.status !== "cancelled" && other.status !== "no_show" && other.status !== "checked_out" && other.starts_at < shift.ends_at && other.ends_at > shift.starts_at,
  );
}

/** The newest note that somebody left at this station on the day before this shift or during it. */
export function noteFor(shift: Shift, all: readonly Shift[]): Shift | undefined {
  const since = Date.parse(shift.starts_at) - 24 * 60 * 60_000;
  return all
    .filter((other) => other.station_id === shift.station_id && other.id !== shift.id && other.handover_note !== null && other.checked_out_at !== null && Date.parse(other.checked_out_at) > since)
    .sort((one, other) => (other.checked_out_at ?? "").localeCompare(one.checked_out_at ?? ""))[0];
}
