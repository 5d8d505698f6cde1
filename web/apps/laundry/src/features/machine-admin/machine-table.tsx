import type { Machine } from "@livefloor/api/laundry";
import { Button, EmptyState, Table } from "@livefloor/ui";

import { useMachines } from "../../model/hooks.ts";
import { dateText } from "../../model/times.ts";
import { texts } from "../../texts/admin/index.ts";
import { texts as common } from "../../texts/index.ts";
import { machineKey } from "../../model/machines.ts";

/** All machines of the room, live: washers first, by number. */
export function MachineTable({ onChange }: { readonly onChange: (machine: Machine) => void }) {
  const { machines } = texts;
  const all = [...useMachines()].sort((a, b) => b.machine_type.localeCompare(a.machine_type) || a.machine_id - b.machine_id);
  if (all.length === 0) return <EmptyState>{machines.empty}</EmptyState>;
  return (
    <Table
      caption={machines.title}
      rows={all}
      rowKey={machineKey}
      columns={[
        { key: "machine", head: machines.head.machine, cell: (machine) => <span className="font-semibold">{common.machine(machine.machine_type, machine.machine_id)}</span> },
        { key: "label", head: machines.head.label, cell: ({ label }) => label },
        { key: "location", head: machines.head.location, cell: ({ location }) => location || texts.none },
        { key: "state", head: machines.head.state, cell: stateOf },
        { key: "cycles", head: machines.head.cycles, align: "right", cell: ({ total_cycles }) => total_cycles },
        {
          key: "act",
          head: machines.head.act,
          align: "right",
          cell: (machine) => (
            <Button look="quiet" aria-label={texts.changeOf(common.machine(machine.machine_type, machine.machine_id))} onClick={() => onChange(machine)}>
              {texts.change}
            </Button>
          ),
        },
      ]}
    />
  );
}

function stateOf({ status, hold, out_of_order }: Machine): string {
  const { states, offSince, backOn } = texts.machines;
  if (out_of_order !== null) {
    const since = offSince(dateText(out_of_order.since));
    return out_of_order.expected_back_at === null ? since : `${since}, ${backOn(dateText(out_of_order.expected_back_at))}`;
  }
  return states[status === "available" && hold !== null ? "held" : status];
}
