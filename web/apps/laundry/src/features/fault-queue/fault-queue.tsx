import { Notice, Select } from "@livefloor/ui";
import { useEffect, useState } from "react";

import { useFrames, useMachines } from "../../model/hooks.ts";
import { TYPES } from "../../model/loading.ts";
import { Paged, usePages } from "../../model/loaded.tsx";
import { inOrder, machineKey } from "../../model/machines.ts";
import { queries } from "../../model/services.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { loadFaults, type Choice, type Fault } from "./api.ts";
import { CloseFault } from "./close-fault.tsx";
import { FaultCard } from "./fault-card.tsx";
import { byMachine, machineOf } from "./groups.ts";
import { useHandlers } from "./handlers.ts";
import { MachineHead } from "./machine-head.tsx";

const { faults } = texts;
const CHOICES: readonly Choice[] = ["todo", "resolved", "dismissed", "all"];

export function isChoice(text: unknown): text is Choice {
  return CHOICES.some((choice) => choice === text);
}

export interface FaultQueueProps {
  readonly choice: Choice;
  /** `washer-3`, or undefined for all. */
  readonly machine: string | undefined;
  readonly onFilter: (choice: Choice, machine: string | undefined) => void;
}

/** The reports by machine, live. */
export function FaultQueue({ choice, machine, onFilter }: FaultQueueProps) {
  const [closing, setClosing] = useState<Fault | null>(null);
  const whoOf = useHandlers();
  const filter = { choice, machine: machineOf(machine) };
  const pages = usePages(["faults", choice, machine ?? "", "queue"], (cursor) => loadFaults(filter, cursor));
  useFrames(["fault_reported", "fault_updated"], () => void queries.invalidateQueries({ queryKey: ["faults"] }));
  // Nobody listens while the page is away: what it knew is asked for again when it comes back.
  useEffect(() => () => void queries.invalidateQueries({ queryKey: ["faults"], refetchType: "none" }), []);
  return (
    <>
      <Filters choice={choice} machine={machine} onFilter={onFilter} />
      {pages.items !== undefined && pages.query.error !== null && (
        <div className="mb-3">
          <Notice tone="off">{pages.query.error.message}</Notice>
        </div>
      )}
      <Paged pages={pages} empty={faults.empty[choice]}>
        {(items) => (
          <div className="flex flex-col gap-6">
            {byMachine(items).map((group) => (
              <section key={group.key} aria-label={shared.machine(group.machine.machine_type, group.machine.machine_id)}>
                <MachineHead machine={group.machine} withHistory={machine === undefined || choice !== "all"} />
                <ul className="grid items-start gap-3 lg:grid-cols-2">
                  {group.faults.map((fault) => (
                    <li key={fault.id}>
                      <FaultCard fault={fault} who={whoOf(fault)} onClose={() => setClosing(fault)} />
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
        )}
      </Paged>
      {closing !== null && <CloseFault key={closing.id} fault={closing} whoOf={whoOf} onLeave={() => setClosing(null)} />}
    </>
  );
}

function Filters({ choice, machine, onFilter }: FaultQueueProps) {
  const machines = useMachines();
  return (
    <div role="group" aria-label={faults.filters} className="mb-4 grid grid-cols-2 gap-3 md:max-w-lg">
      <Select label={faults.status} value={choice} onChange={(event) => isChoice(event.target.value) && onFilter(event.target.value, machine)}>
        {CHOICES.map((value) => (
          <option key={value} value={value}>
            {faults.choices[value]}
          </option>
        ))}
      </Select>
      <Select label={faults.machine} value={machine ?? ""} onChange={(event) => onFilter(choice, event.target.value === "" ? undefined : event.target.value)}>
        <option value="">{faults.anyMachine}</option>
        {TYPES.flatMap((type) => inOrder(machines, type, "")).map((one) => (
          <option key={one.id} value={machineKey(one)}>
            {shared.machine(one.machine_type, one.machine_id)}
          </option>
        ))}
      </Select>
    </div>
  );
}
