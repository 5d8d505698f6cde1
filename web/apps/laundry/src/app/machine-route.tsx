import { EmptyState, Sheet } from "@livefloor/ui";
import { useNavigate, useParams } from "@tanstack/react-router";

import { MachineSheet } from "../features/machines/machine-sheet.tsx";
import { JoinInstead } from "../features/waitlist/join-instead.tsx";
import { useMachine } from "../model/hooks.ts";
import { texts } from "../texts.ts";

/** `/m/{type}/{number}`: also where the QR code on a machine leads. */
export function MachineRoute() {
  const { type, number } = useParams({ from: "/signed-in/room/m/$type/$number" });
  const machine = useMachine(`${type}-${number}`);
  const navigate = useNavigate();
  const close = (): void => void navigate({ to: "/", resetScroll: false });
  if (machine !== undefined) return <MachineSheet machine={machine} alternative={<JoinInstead type={machine.machine_type} />} onClose={close} />;
  return (
    <Sheet title={texts.notFound.title} closeLabel={texts.close} onClose={close}>
      <EmptyState>{texts.sheet.notFound}</EmptyState>
    </Sheet>
  );
}
