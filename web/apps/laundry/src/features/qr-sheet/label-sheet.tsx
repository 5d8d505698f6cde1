import "./print.css";

import { body } from "@livefloor/api";
import type { Machine, MachineType } from "@livefloor/api/laundry";
import { Button, Choices, EmptyState, Notice } from "@livefloor/ui";
import { QrCode } from "@livefloor/ui/qr-code";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMachines, useMeta } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { machineKey } from "../../model/machines.ts";
import { base } from "../../model/mount.ts";
import { api } from "../../model/services.ts";
import { texts } from "../../texts/admin/index.ts";
import { texts as common } from "../../texts/index.ts";

type Which = MachineType | "all";

async function codesOf(machines: readonly Machine[]): Promise<ReadonlyMap<string, string>> {
  const codes = await Promise.all(
    machines.map(async (machine) => {
      const path = { machine_type: machine.machine_type, machine_id: String(machine.machine_id) };
      const { machine_code } = await body(api.http.GET("/api/v1/machines/{machine_type}/{machine_id}", { params: { path } }));
      return [machineKey(machine), machine_code ?? ""] as const;
    }),
  );
  return new Map(codes);
}

/** One label for each machine, to cut out and stick on. */
export function LabelSheet() {
  const [which, setWhich] = useState<Which>("all");
  const { data: meta } = useMeta();
  const all = [...useMachines()].sort((a, b) => b.machine_type.localeCompare(a.machine_type) || a.machine_id - b.machine_id);
  const asksCode = meta?.presence_check === "code";
  const codes = useQuery({
    queryKey: ["admin", "codes", all.map(machineKey)],
    queryFn: () => (asksCode ? codesOf(all) : new Map<string, string>()),
    enabled: meta !== undefined,
    staleTime: 0,
  });
  const { qr } = texts;
  if (all.length === 0) return <EmptyState>{qr.empty}</EmptyState>;
  const shown = all.filter(({ machine_type }) => which === "all" || which === machine_type);
  return (
    <>
      <div className="mb-5 flex flex-col gap-4 md:max-w-xl print:hidden">
        <Notice tone="off">{qr.address(base)}</Notice>
        <Choices
          legend={qr.which}
          layout="bar"
          value={which}
          onChange={setWhich}
          choices={[
            { value: "all", label: qr.all },
            { value: "washer", label: qr.kinds.washer },
            { value: "dryer", label: qr.kinds.dryer },
          ]}
        />
        <Button className="self-start" disabled={!codes.isSuccess} onClick={() => window.print()}>
          {qr.print}
        </Button>
      </div>
      <Loaded query={codes}>
        {(known) => (
          <ul data-labels className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3 print:grid-cols-2 print:gap-[4mm]">
            {shown.map((machine) => (
              <Label key={machineKey(machine)} machine={machine} room={meta?.room_name ?? ""} code={known.get(machineKey(machine))} />
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}

interface LabelProps {
  readonly machine: Machine;
  readonly room: string;
  readonly code: string | undefined;
}

function Label({ machine, room, code }: LabelProps) {
  const name = common.machine(machine.machine_type, machine.machine_id);
  const address = `${base}m/${machine.machine_type}/${machine.machine_id}`;
  return (
    <li className="flex break-inside-avoid flex-wrap items-center gap-4 rounded-2xl border border-edge bg-on-turn p-4 text-on-white">
      <QrCode address={address} label={texts.qr.alt(name)} className="w-32 print:w-[34mm]" />
      <div className="min-w-40 flex-1 print:min-w-0">
        <p className="text-sm font-medium">{room}</p>
        <p className="text-2xl leading-tight font-extrabold print:text-lg">{name}</p>
        {machine.label !== name && <p className="text-sm">{machine.label}</p>}
        <p className="mt-1 text-xs">{texts.qr.scan}</p>
        {code !== undefined && code !== "" && (
          <p className="mt-2 text-sm">
            {texts.qr.code} <span className="text-2xl font-bold tracking-widest">{code}</span>
          </p>
        )}
        <p className="mt-1 text-[0.6875rem] wrap-anywhere">{address}</p>
      </div>
    </li>
  );
}
