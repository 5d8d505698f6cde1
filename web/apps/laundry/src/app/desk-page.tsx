import { EmptyState, Sheet, Skeleton } from "@livefloor/ui";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { DeskBoard } from "../features/desk/desk-board.tsx";
import { DeskList } from "../features/desk/desk-list.tsx";
import { MachineActs } from "../features/desk/machine-acts.tsx";
import { NeedsPanel } from "../features/desk/needs-panel.tsx";
import { useMachine } from "../model/hooks.ts";
import { TYPES } from "../model/loading.ts";
import { machineKey } from "../model/machines.ts";
import { texts } from "../texts/desk/index.ts";
import { texts as shared } from "../texts/index.ts";
import { RoomLoaded } from "./room-page.tsx";

/** The room as the staff work with it: what needs them first, then every machine, then the lists. */
export function DeskPage() {
  const { machine: opened } = useSearch({ from: "/signed-in/desk" });
  const navigate = useNavigate();
  const open = (key: string | undefined): void => void navigate({ to: "/desk", search: key === undefined ? {} : { machine: key }, resetScroll: false });
  return (
    <RoomLoaded skeleton={<Skeleton className="h-96" />}>
      <h1 className="mb-4 text-2xl font-bold">{shared.nav.desk}</h1>
      <section aria-label={texts.desk.needs}>
        <h2 className="mb-2 text-lg font-bold">{texts.desk.needs}</h2>
        <NeedsPanel onOpen={(machine) => open(machineKey(machine))} />
      </section>
      <section aria-label={texts.desk.board} className="mt-8">
        <h2 className="mb-2 text-lg font-bold">{texts.desk.board}</h2>
        <div className="grid gap-6 md:grid-cols-2">
          {TYPES.map((type) => (
            <DeskBoard key={type} type={type} onOpen={(machine) => open(machineKey(machine))} />
          ))}
        </div>
      </section>
      <section aria-label={texts.desk.lists} className="mt-8">
        <h2 className="mb-2 text-lg font-bold">{texts.desk.lists}</h2>
        <div className="grid items-start gap-3 md:grid-cols-2">
          {TYPES.map((type) => (
            <DeskList key={type} type={type} />
          ))}
        </div>
      </section>
      {opened !== undefined && <OpenMachine key={opened} id={opened} onClose={() => open(undefined)} />}
    </RoomLoaded>
  );
}

function OpenMachine({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const machine = useMachine(id);
  if (machine !== undefined) return <MachineActs machine={machine} onClose={onClose} />;
  return (
    <Sheet title={shared.notFound.title} closeLabel={shared.close} onClose={onClose}>
      <EmptyState>{texts.acts.gone}</EmptyState>
    </Sheet>
  );
}
