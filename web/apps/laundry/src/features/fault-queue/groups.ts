import { machineKey } from "../../model/machines.ts";
import type { Fault, MachineName } from "./api.ts";

/** Read `washer-3`; null for anything else. */
export function machineOf(key: string | undefined): MachineName | null {
  const [, type, number] = /^(washer|dryer)-(\d{1,4})$/.exec(key ?? "") ?? [];
  return type === "washer" || type === "dryer" ? { machine_type: type, machine_id: Number(number) } : null;
}

export interface Group {
  readonly key: string;
  readonly machine: MachineName;
  readonly faults: readonly Fault[];
}

/** The reports by machine: those with the most first, within a machine the newest first. */
export function byMachine(faults: readonly Fault[]): readonly Group[] {
  const newestFirst = [...faults].sort((a, b) => b.created_at.localeCompare(a.created_at));
  const groups = new Map<string, Group>();
  for (const fault of newestFirst) {
    const key = machineKey(fault);
    const group = groups.get(key) ?? { key, machine: { machine_type: fault.machine_type, machine_id: fault.machine_id }, faults: [] };
    groups.set(key, { ...group, faults: [...group.faults, fault] });
  }
  return [...groups.values()].sort((a, b) => b.faults.length - a.faults.length);
}
