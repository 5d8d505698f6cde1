import type { Machine } from "@livefloor/api/laundry";

import { isOverdue, lookOf, type Viewer } from "../../model/machines.ts";
import { dateText, timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";

export interface Description {
  readonly word: string;
  readonly lines: readonly string[];
  /** End of the countdown to show, if one runs. */
  readonly until: string | null;
}

const { tile } = texts;

export function minutesSince(moment: string | null, now: number): number {
  return moment === null ? 0 : Math.max(0, Math.floor((now - Date.parse(moment)) / 60_000));
}

/** A machine in words, with what staff may know more than others: whose load it is. */
export function describe(machine: Machine, viewer: Viewer): Description {
  const { now } = viewer;
  const who = machine.in_use_by ?? tile.walkUp;
  switch (machine.status) {
    case "disabled": {
      const out = machine.out_of_order;
      const back = out?.expected_back_at == null ? [] : [tile.back(dateText(out.expected_back_at))];
      return { word: tile.off, lines: [...back, ...(machine.laundry_inside ? [tile.loadInside] : [])], until: null };
    }
    case "in_use": {
      const isOver = machine.ends_at === null || Date.parse(machine.ends_at) <= now;
      return { word: isOver ? (viewer.offline ? tile.shouldBeDone : tile.finishing) : tile.running, lines: [who], until: isOver ? null : machine.ends_at };
    }
    case "completed": {
      const isLate = isOverdue(machine, now);
      return { word: isLate ? tile.doneAgo(minutesSince(machine.completed_at, now)) : tile.done, lines: [who, isLate ? tile.pickupOver : tile.waitingPickup], until: null };
    }
    case "available": {
      const look = lookOf(machine, viewer);
      if (look === "unknown") return { word: tile.unknown, lines: [], until: null };
      return machine.hold === null ? { word: tile.free, lines: [], until: null } : { word: tile.kept, lines: [tile.until(timeText(machine.hold.expires_at))], until: null };
    }
  }
}
