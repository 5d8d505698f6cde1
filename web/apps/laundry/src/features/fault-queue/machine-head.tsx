import { buttonClass, Porthole } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { useMachine, useMeta, useViewer } from "../../model/hooks.ts";
import { lookOf, machineKey } from "../../model/machines.ts";
import { dateText } from "../../model/times.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { countFaults, type MachineName } from "./api.ts";

const { desk, faults } = texts;

interface MachineHeadProps {
  readonly machine: MachineName;
  /** Offer all reports of this machine. */
  readonly withHistory: boolean;
}

/** A machine over its reports: how near it is to being put out of order, and what it went through. */
export function MachineHead({ machine, withHistory }: MachineHeadProps) {
  const viewer = useViewer(60_000);
  const { data: meta } = useMeta();
  const key = machineKey(machine);
  const now = useMachine(key);
  const name = shared.machine(machine.machine_type, machine.machine_id);
  const { data: counted } = useQuery({ queryKey: ["faults", "count", key], queryFn: () => countFaults(machine) });
  const state = [
    now?.status === "disabled" && shared.tile.off,
    now !== undefined && now.report_count > 0 && desk.reportsOf(now.report_count, counted?.threshold ?? meta?.fault_report_disable_threshold),
    counted !== undefined && faults.historyText(counted.total_reports, counted.last_report_at === null ? null : dateText(counted.last_report_at)),
  ];
  return (
    <header className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
      {now !== undefined && <Porthole number={machine.machine_id} look={lookOf(now, viewer)} className="size-11" />}
      <div className="min-w-0 flex-1 basis-48">
        <h2 className="text-lg leading-tight font-bold">{name}</h2>
        <p className="text-sm text-muted">{state.filter(Boolean).join(" · ")}</p>
      </div>
      {withHistory && (
        <Link to="/faults" search={{ machine: key, status: "all" }} aria-label={`${faults.history}: ${name}`} className={buttonClass("quiet", "px-4 text-sm")}>
          {faults.history}
        </Link>
      )}
      {now !== undefined && (
        <Link to="/desk" search={{ machine: key }} aria-label={`${shared.nav.desk}: ${name}`} className={buttonClass("quiet", "px-4 text-sm")}>
          {shared.nav.desk}
        </Link>
      )}
    </header>
  );
}
