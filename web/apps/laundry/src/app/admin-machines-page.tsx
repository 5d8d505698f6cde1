import type { Machine } from "@livefloor/api/laundry";
import { Button, buttonClass, QrIcon, Skeleton } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { AddMachine } from "../features/machine-admin/add-machine.tsx";
import { MachineAdminSheet } from "../features/machine-admin/machine-sheet.tsx";
import { MachineTable } from "../features/machine-admin/machine-table.tsx";
import { machineKey } from "../model/machines.ts";
import { texts } from "../texts/admin/index.ts";
import { authorOf } from "./admin-authors.ts";
import { AdminFrame } from "./admin-frame.tsx";
import { RoomLoaded } from "./room-page.tsx";

const lastAuthor = (machine: Machine): Promise<string | null> => authorOf("machine.changed", `machine:${machine.id}`, () => true);

export function AdminMachinesPage() {
  const [open, setOpen] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const { machines } = texts;
  return (
    <AdminFrame
      title={machines.title}
      intro={machines.intro}
      acts={
        <>
          <Link to="/admin/qr" className={buttonClass("quiet")}>
            <QrIcon className="size-5" />
            {machines.qr}
          </Link>
          <Button onClick={() => setAdding(true)}>{machines.add}</Button>
        </>
      }
    >
      <RoomLoaded skeleton={<Skeleton className="h-96" />}>
        <MachineTable onChange={(machine) => setOpen(machineKey(machine))} />
      </RoomLoaded>
      {open !== null && <MachineAdminSheet machineKey={open} authorOf={lastAuthor} onClose={() => setOpen(null)} />}
      {isAdding && <AddMachine onClose={() => setAdding(false)} />}
    </AdminFrame>
  );
}
