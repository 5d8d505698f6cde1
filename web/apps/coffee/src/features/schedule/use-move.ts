import { toast } from "@livefloor/ui";

import { useAct } from "../../model/hooks.ts";
import type { Shift } from "../../model/schedules.ts";
import { texts } from "../../texts/shifts/index.ts";
import { changeShift } from "./api.ts";
import type { Span } from "./days.ts";

/** Where and when a shift shall be. */
export interface Move {
  readonly shift: Shift;
  readonly station_id: number;
  readonly span: Span;
  readonly allow_overlap?: true;
}

const iso = (moment: number): string => new Date(moment).toISOString();

/** Move a shift at once, with a way back. */
export function useMove() {
  const { schedule } = texts;
  const move = useAct(async ({ shift, station_id, span, allow_overlap }: Move) => {
    const { from, to } = span;
    const times = from === Date.parse(shift.starts_at) ? {} : { starts_at: iso(from) };
    const ends = to === Date.parse(shift.ends_at) ? {} : { ends_at: iso(to) };
    const place = station_id === shift.station_id ? {} : { station_id };
    const now = await changeShift(shift.id, { ...times, ...ends, ...place, version: shift.version, ...(allow_overlap === true ? { allow_overlap } : {}) });
    toast(schedule.moved(now.user_name, now.station_name), "good", {
      label: schedule.undo,
      onAct: () => {
        const { starts_at, ends_at } = shift;
        changeShift(shift.id, { starts_at, ends_at, station_id: shift.station_id, version: now.version }).catch((error: unknown) => toast(error instanceof Error ? error.message : String(error), "bad"));
      },
    });
    return now;
  });
  return move;
}
