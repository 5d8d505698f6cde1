import { Problem } from "@livefloor/api";
import type { Machine } from "@livefloor/api/laundry";
import { Button, Confirm, EmptyState, Notice, Refusal, Sheet, toast } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useAct, useMachine, useMeta } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { texts } from "../../texts/admin/index.ts";
import { texts as common } from "../../texts/index.ts";
import { codeQuery, renewCode, retireMachine } from "./api.ts";
import { MachineForm } from "./machine-form.tsx";

interface MachineSheetProps {
  /** Type and number, as in the store. */
  readonly machineKey: string;
  readonly authorOf: (machine: Machine) => Promise<string | null>;
  readonly onClose: () => void;
}

/** All that an admin changes of one machine; the machine itself goes on living underneath. */
export function MachineAdminSheet({ machineKey, authorOf, onClose }: MachineSheetProps) {
  const machine = useMachine(machineKey);
  const { data: meta } = useMeta();
  const [isRetiring, setRetiring] = useState(false);
  const { machines } = texts;
  if (machine === undefined) {
    return (
      <Sheet title={machines.title} closeLabel={common.close} onClose={onClose}>
        <EmptyState>{machines.gone}</EmptyState>
      </Sheet>
    );
  }
  if (isRetiring) return <Retire machine={machine} onKeep={() => setRetiring(false)} onClose={onClose} />;
  return (
    <Sheet title={common.machine(machine.machine_type, machine.machine_id)} closeLabel={common.close} onClose={onClose}>
      <div className="flex flex-col gap-6">
        {meta !== undefined && <MachineForm machine={machine} zone={meta.timezone} authorOf={authorOf} />}
        <Code machine={machine} use={meta?.presence_check ?? "off"} />
        <Button look="danger" onClick={() => setRetiring(true)}>
          {machines.retire}
        </Button>
      </div>
    </Sheet>
  );
}

function Code({ machine, use }: { readonly machine: Machine; readonly use: "off" | "code" }) {
  const query = useQuery(codeQuery(machine));
  const { machines } = texts;
  const renew = useAct(renewCode, (code) => toast(machines.codeMade(code), "good"));
  return (
    <section className="rounded-2xl border border-line p-4">
      <h3 className="text-sm font-semibold">{machines.code}</h3>
      <Loaded query={query} skeleton={<div className="h-9" />}>
        {({ machine_code }) => <p className="text-3xl font-bold tracking-widest">{machine_code}</p>}
      </Loaded>
      <p className="mb-3 text-sm text-muted">{machines.codeUse[use]}</p>
      <Refusal error={renew.error} />
      <Button look="quiet" busy={renew.isPending && machines.makingCode} onClick={() => renew.mutate(machine)}>
        {machines.newCode}
      </Button>
      <p className="mt-2 text-sm text-muted">{machines.newCodeText}</p>
    </section>
  );
}

interface RetireProps {
  readonly machine: Machine;
  readonly onKeep: () => void;
  readonly onClose: () => void;
}

function Retire({ machine, onKeep, onClose }: RetireProps) {
  const { machines } = texts;
  const name = common.machine(machine.machine_type, machine.machine_id);
  const retire = useAct(retireMachine, () => {
    toast(machines.retired(name), "good");
    onClose();
  });
  return (
    <Confirm title={machines.retireTitle(name)} text={machines.retireText} closeLabel={common.close} onClose={onClose}>
      {retire.error && (
        <Notice tone="danger" role="alert">
          {retire.error instanceof Problem && retire.error.code === "machine_busy" ? machines.busy : retire.error.message}
        </Notice>
      )}
      <Button look="danger" busy={retire.isPending && machines.retiring} onClick={() => retire.mutate(machine)}>
        {machines.yesRetire}
      </Button>
      <Button look="quiet" onClick={onKeep}>
        {machines.keep}
      </Button>
    </Confirm>
  );
}
