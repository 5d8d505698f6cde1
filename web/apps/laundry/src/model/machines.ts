import type { Machine, MachineType } from "@livefloor/api/laundry";
import type { PortholeLook } from "@livefloor/ui";

/** Machines are named by type and number everywhere: on the wire's fault frames, in links, on the machine itself. */
export function machineKey(machine: Pick<Machine, "machine_type" | "machine_id">): string {
  return `${machine.machine_type}-${machine.machine_id}`;
}

export interface Viewer {
  readonly userId: string;
  /** Corrected time in milliseconds. */
  readonly now: number;
  /** The line is down: what is shown may be over. */
  readonly offline: boolean;
}

export function isFree(machine: Machine): boolean {
  return machine.status === "available" && machine.enabled && machine.hold === null;
}

export function isHeldFor(machine: Machine, userId: string): boolean {
  return machine.hold?.user_id === userId;
}

/** The load inside is this person's: running, or not yet collected. */
export function isOwn(machine: Machine, userId: string): boolean {
  return machine.laundry_inside && machine.current_user_id === userId;
}

/** The pick-up time is over, by the corrected clock. */
export function isOverdue(machine: Machine, now: number): boolean {
  return machine.status === "completed" && machine.pickup_deadline !== null && now >= Date.parse(machine.pickup_deadline);
}

export function lookOf(machine: Machine, { userId, now, offline }: Viewer): PortholeLook {
  switch (machine.status) {
    case "disabled":
      return "off";
    case "in_use":
      return "running";
    case "completed":
      if (isHeldFor(machine, userId)) return "yours";
      return isOverdue(machine, now) ? "late" : "done";
    case "available":
      // Somebody may stand in front of it by now.
      if (offline) return "unknown";
      if (machine.hold === null) return "free";
      return isHeldFor(machine, userId) ? "yours" : "held";
  }
}

/** How much of the running cycle is over, 0..1. */
export function progressOf(machine: Machine, now: number): number {
  if (machine.started_at === null || machine.ends_at === null) return 0;
  const start = Date.parse(machine.started_at);
  return (now - start) / Math.max(1, Date.parse(machine.ends_at) - start);
}

/** By number, own machines first. */
export function inOrder(machines: readonly Machine[], type: MachineType, userId: string): Machine[] {
  const rank = (machine: Machine): number => (isOwn(machine, userId) || isHeldFor(machine, userId) ? 0 : 1);
  return machines.filter((machine) => machine.machine_type === type).sort((a, b) => rank(a) - rank(b) || a.machine_id - b.machine_id);
}

/** Seconds until the first running machine of these is done; null when none runs. */
export function nextDone(machines: readonly Machine[], now: number): number | null {
  const ends = machines.flatMap((machine) => (machine.status === "in_use" && machine.ends_at !== null ? [Date.parse(machine.ends_at)] : []));
  return ends.length === 0 ? null : Math.max(0, Math.ceil((Math.min(...ends) - now) / 1000));
}
