import type { Machine, MachineType } from "@livefloor/api/laundry";
import { Countdown, EmptyState, Porthole, Tile, type PortholeLook } from "@livefloor/ui";

import { useMachines, useViewer } from "../../model/hooks.ts";
import { inOrder, lookOf, progressOf } from "../../model/machines.ts";
import { texts as desk } from "../../texts/desk/index.ts";
import { texts } from "../../texts/index.ts";
import { describe } from "./describe.ts";

const TITLES: Partial<Record<PortholeLook, string>> = { free: "text-free", held: "text-held", done: "text-done", late: "text-done", unknown: "text-muted", off: "text-muted" };

interface DeskBoardProps {
  readonly type: MachineType;
  readonly onOpen: (machine: Machine) => void;
}

/** All machines of one type, each leading to what staff may do with it. */
export function DeskBoard({ type, onOpen }: DeskBoardProps) {
  const machines = inOrder(useMachines(), type, "");
  return (
    <section aria-label={texts.kinds[type].Many}>
      <h3 className="mb-2 font-bold">{texts.kinds[type].Many}</h3>
      {machines.length === 0 ? (
        <EmptyState>{texts.room.noMachines}</EmptyState>
      ) : (
        <ul className="grid grid-cols-2 gap-2 sm:grid-cols-3 md:grid-cols-2 xl:grid-cols-3">
          {machines.map((machine) => (
            <li key={machine.id} className="flex">
              <DeskTile machine={machine} onOpen={onOpen} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function DeskTile({ machine, onOpen }: { readonly machine: Machine; readonly onOpen: (machine: Machine) => void }) {
  const viewer = useViewer(5_000);
  const { word, lines, until } = describe(machine, viewer);
  const look = lookOf(machine, viewer);
  const left = until === null ? [] : [texts.tile.left(Math.round((Date.parse(until) - viewer.now) / 60_000))];
  const reports = machine.report_count > 0 ? [desk.desk.reportsOf(machine.report_count, undefined)] : [];
  return (
    <Tile
      name={desk.desk.open(texts.machine(machine.machine_type, machine.machine_id), [word, ...left, ...lines, ...reports].join(", "))}
      icon={<Porthole number={machine.machine_id} look={look} progress={progressOf(machine, viewer.now)} className="size-13 max-[359px]:size-10" />}
      title={word}
      titleClass={TITLES[look] ?? "text-ink"}
      dimmed={viewer.offline}
      lines={[
        ...(until === null ? [] : [<Countdown until={until} className="text-base font-semibold text-ink" />]),
        ...lines,
        ...reports.map((text) => <span className="inline-block rounded-md bg-done-soft px-1.5 py-0.5 text-xs font-semibold text-done">{text}</span>),
      ]}
      onClick={() => onOpen(machine)}
    />
  );
}
