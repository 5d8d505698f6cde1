import { EmptyState, Sheet } from "@livefloor/ui";
import { useNavigate, useParams } from "@tanstack/react-router";

import { LastFaults } from "../features/faults/last-faults.tsx";
import { MachineSheet } from "../features/machines/machine-sheet.tsx";
import { JoinInstead } from "../features/waitlist/join-instead.tsx";
import { useMachine } from "../model/hooks.ts";
import { texts } from "../texts/index.ts";

/** `/m/{type}/{number}`: also where the QR code on a machine leads. */
export function MachineRoute() {
  const { type, number } = useParams({ from: "/signed-in/room/m/$type/$number" });
  const machine = useMachine(`${type}-${number}`);
  const navigate = useNavigate();
  const close = (): void => void navigate({ to: "/", resetScroll: false });
  if (machine !== undefined) {
    const { machine_type, machine_id } = machine;
    return <MachineSheet machine={machine} alternative={<JoinInstead type={machine_type} />} faults={<LastFaults type={machine_type} number={machine_id} />} onClose={close} />;
  }
  return (
    <Sheet title={texts.notFound.title} closeLabel={texts.close} onClose={close}>
      <EmptyState>{texts.sheet.notFound}</EmptyState>
    </Sheet>
  );
}
