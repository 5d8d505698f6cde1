import type { Machine, MachineType } from "@livefloor/api/laundry";
import { EmptyState } from "@livefloor/ui";

import { useMachines, useViewer } from "../../model/hooks.ts";
import { inOrder, isFree, nextDone } from "../../model/machines.ts";
import { texts } from "../../texts/index.ts";
import { MachineTile } from "./machine-tile.tsx";

/** All machines of one type: what is free at a glance, then a tile each. */
export function MachineBoard({ type }: { readonly type: MachineType }) {
  const viewer = useViewer(10_000);
  const machines = inOrder(useMachines(), type, viewer.userId);
  const free = machines.filter(isFree).length;
  const next = nextDone(machines, viewer.now);
  return (
    <section aria-label={texts.kinds[type].Many}>
      {viewer.offline ? (
        <BoardHead text={texts.kinds[type].Many} note={texts.room.unknownFree} />
      ) : (
        <BoardHead text={texts.room.headline(type, free)} note={next !== null && texts.room.nextDone(Math.ceil(next / 60))} />
      )}
      <Tiles machines={machines} />
    </section>
  );
}

/** What is free at a glance. */
export function BoardHead({ text, note = false }: { readonly text: string; readonly note?: string | false }) {
  return (
    <h2 className="mb-3 flex flex-wrap items-baseline gap-x-2">
      <span className="text-xl font-bold">{text}</span>
      {note !== false && <span className="text-sm text-muted">{note}</span>}
    </h2>
  );
}

function Tiles({ machines }: { readonly machines: readonly Machine[] }) {
  if (machines.length === 0) return <EmptyState>{texts.room.noMachines}</EmptyState>;
  return (
    <ul className="grid grid-cols-2 gap-2 sm:grid-cols-3 md:grid-cols-2 xl:grid-cols-3">
      {machines.map((machine) => (
        <li key={machine.id} className="flex">
          <MachineTile machine={machine} />
        </li>
      ))}
    </ul>
  );
}
