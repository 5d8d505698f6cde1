import type { Machine } from "@livefloor/api/laundry";

import { isOverdue } from "../../model/machines.ts";

export interface Needs {
  /** Finished loads and loads inside broken machines, the one that lies there longest first. */
  readonly loads: readonly Machine[];
  /** Machines that work and have open reports, most reports first. */
  readonly reported: readonly Machine[];
  /** Machines out of order, longest first. */
  readonly broken: readonly Machine[];
}

/** What waits for somebody of the staff, the most urgent first. */
export function needsOf(machines: readonly Machine[], now: number): Needs {
  const isLate = (machine: Machine): number => (machine.status === "disabled" || isOverdue(machine, now) ? 0 : 1);
  const since = (moment: string | null | undefined): number => (moment == null ? now : Date.parse(moment));
  return {
    loads: machines
      .filter(({ status, laundry_inside }) => status === "completed" || (status === "disabled" && laundry_inside))
      .sort((a, b) => isLate(a) - isLate(b) || since(a.completed_at) - since(b.completed_at)),
    reported: machines.filter(({ status, report_count }) => status !== "disabled" && report_count > 0).sort((a, b) => b.report_count - a.report_count),
    broken: machines.filter(({ status }) => status === "disabled").sort((a, b) => since(a.out_of_order?.since) - since(b.out_of_order?.since)),
  };
}

export type Act = "enable" | "clear" | "empty" | "collected" | "nudge" | "end" | "cancel" | "running" | "full" | "walkUpEmpty" | "disable";

/** What staff may do with a machine as it is: only what the server would take. The first is the one to do next, if one is. */
export function actsFor(machine: Machine, now: number): { readonly next: Act | null; readonly all: readonly Act[] } {
  switch (machine.status) {
    case "disabled":
      return { next: "enable", all: machine.laundry_inside ? ["enable", "clear", "collected"] : ["enable"] };
    case "in_use":
      return { next: null, all: machine.source === "walk_up" ? ["walkUpEmpty", "end", "disable"] : ["end", "cancel", "disable"] };
    case "completed": {
      const nudge: readonly Act[] = machine.current_user_id === null ? [] : ["nudge"];
      return { next: isOverdue(machine, now) ? "clear" : null, all: [...nudge, "clear", "empty", "running", "disable"] };
    }
    case "available":
      return { next: null, all: ["running", "full", "disable"] };
  }
}
