import { body, newKey, Problem } from "@livefloor/api";
import { keyed } from "@livefloor/base";

import { live } from "../../model/live.ts";
import { queue } from "../../model/queue.ts";
import type { Shift } from "../../model/schedules.ts";
import { api, clock, queries } from "../../model/services.ts";
import type { ShiftAct, ShiftActKind } from "../../model/shift-acts.ts";

export interface Wanted {
  readonly kind: ShiftActKind;
  readonly shift: Shift;
  readonly note?: string;
  readonly force?: true;
}

export interface Acted {
  readonly kind: ShiftActKind;
  /** It waits for the connection. */
  readonly isKept: boolean;
  readonly warnings: readonly string[];
}

/** Do it at the server now. Gives what it warns of. */
async function actNow(kind: ShiftActKind, { shift_id, note, force }: ShiftAct, key: string): Promise<readonly string[]> {
  const call = { params: { path: { schedule_id: shift_id } }, ...keyed(key) };
  switch (kind) {
    case "check_in":
      await body(api.http.POST("/api/schedules/check-in/{schedule_id}", call));
      return [];
    case "check_out":
      return (await body(api.http.POST("/api/schedules/check-out/{schedule_id}", { ...call, ...(note === undefined ? {} : { body: { handover_note: note } }) }))).warnings ?? [];
    case "break_start":
      await body(api.http.POST("/api/schedules/{schedule_id}/break/start", { ...call, params: { ...call.params, query: force === true ? { force } : {} } }));
      return [];
    case "break_end":
      await body(api.http.POST("/api/schedules/{schedule_id}/break/end", call));
      return [];
  }
}

/** Do it now, or keep it until the server can be reached (rule 73); the same key both ways, so that it comes once. */
export async function act({ kind, shift, note, force }: Wanted): Promise<Acted> {
  const key = newKey();
  const input: ShiftAct = {
    shift_id: shift.id,
    at: new Date(clock.now()).toISOString(),
    station_name: shift.station_name,
    ...(note === undefined || note.trim() === "" ? {} : { note: note.trim() }),
    ...(force === undefined ? {} : { force }),
  };
  if (live.status().line !== "offline" && !queue.isWaiting) {
    try {
      const warnings = await actNow(kind, input, key);
      // Whose station it is now follows from the shift.
      await Promise.all([queries.invalidateQueries({ queryKey: ["schedules"] }), queries.invalidateQueries({ queryKey: ["me"] })]);
      return { kind, isKept: false, warnings };
    } catch (error) {
      if (!(error instanceof Problem && error.isOffline)) throw error;
    }
  }
  await queue.add(kind, input, key);
  return { kind, isKept: true, warnings: [] };
}
