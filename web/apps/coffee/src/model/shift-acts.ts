import type { Operation } from "@livefloor/api/coffee";
import type { QueuedAct } from "@livefloor/offline";

import type { Shift } from "./schedules.ts";

/** What one does with the own shift, with or without a network (rule 73). */
export type ShiftActKind = "check_in" | "check_out" | "break_start" | "break_end";

export interface ShiftAct {
  readonly shift_id: string;
  /** As the server's clock says it. */
  readonly at: string;
  readonly station_name: string;
  readonly note?: string;
  /** Also as the last one who makes coffee there. */
  readonly force?: true;
}

export type QueuedShiftAct = QueuedAct & { readonly kind: ShiftActKind; readonly input: ShiftAct };

const DAY_MS = 24 * 60 * 60_000;
const rule = { lifetimeMs: 2 * DAY_MS };
export const SHIFT_RULES: Record<ShiftActKind, { readonly lifetimeMs: number }> = { check_in: rule, check_out: rule, break_start: rule, break_end: rule };

export function isShiftAct(act: QueuedAct): act is QueuedShiftAct {
  return act.kind in SHIFT_RULES;
}

/** A waiting act as the server takes it in a batch. */
export function shiftOperation({ id, kind, input: { shift_id, at, note, force } }: QueuedShiftAct): Operation {
  const shared = { key: id, method: "POST", occurred_at: at } as const;
  switch (kind) {
    case "check_in":
      return { ...shared, path: `/api/schedules/check-in/${shift_id}`, body: {} };
    case "check_out":
      return { ...shared, path: `/api/schedules/check-out/${shift_id}`, body: note === undefined ? {} : { handover_note: note } };
    case "break_start":
      return { ...shared, path: `/api/schedules/${shift_id}/break/start${force === true ? "?force=true" : ""}`, body: null };
    case "break_end":
      return { ...shared, path: `/api/schedules/${shift_id}/break/end`, body: null };
  }
}

const AFTER: Record<ShiftActKind, Shift["status"]> = { check_in: "checked_in", check_out: "checked_out", break_start: "on_break", break_end: "checked_in" };

/** The shifts as they are with what was done here and has not been answered. */
export function withShiftActs(shifts: readonly Shift[], acts: readonly QueuedAct[]): readonly (Shift & { readonly isUnsent?: true })[] {
  const open = acts.filter(isShiftAct).filter(({ state }) => state === "waiting" || state === "sending");
  if (open.length === 0) return shifts;
  return shifts.map((shift) => {
    const own = open.filter(({ input }) => input.shift_id === shift.id);
    const last = own.at(-1);
    if (last === undefined) return shift;
    const came = own.find(({ kind }) => kind === "check_in");
    return { ...shift, status: AFTER[last.kind], checked_in_at: came?.input.at ?? shift.checked_in_at, isUnsent: true };
  });
}
