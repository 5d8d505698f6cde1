import type { Machine, MachineType } from "@livefloor/api/laundry";
import { EmptyState } from "@livefloor/ui";

import { useMachines, useViewer } from "../../model/hooks.ts";
import { inOrder, isFree, nextDone } from "../../model/machines.ts";
import { texts } from "../../texts/index.ts";
import { MachineTile } from "./machine-tile.tsx";

interface MachineBoardProps {
  readonly type: MachineType;
  /** Leaves the tiles for the next drawing. */
  readonly headOnly?: boolean;
}

/** All machines of one type: what is free at a glance, then a tile each. */
export function MachineBoard({ type, headOnly = false }: MachineBoardProps) {
  const viewer = useViewer(10_000);
  const machines = inOrder(useMachines(), type, viewer.userId);
  const free = machines.filter(isFree).length;
  const next = nextDone(machines, viewer.now);
  return (
    <section aria-label={texts.kinds[type].Many}>
      <h2 className="mb-3 flex flex-wrap items-baseline gap-x-2">
        <span className="text-xl font-bold">{viewer.offline ? texts.kinds[type].Many : texts.room.headline(type, free)}</span>
        {viewer.offline ? (
          <span className="text-sm text-muted">{texts.room.unknownFree}</span>
        ) : (
          next !== null && <span className="text-sm text-muted">{texts.room.nextDone(Math.ceil(next / 60))}</span>
        )}
      </h2>
      {!headOnly && <Tiles machines={machines} />}
    </section>
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
