import { Skeleton } from "@livefloor/ui";

import { LabelSheet } from "../features/qr-sheet/label-sheet.tsx";
import { texts } from "../texts/admin/index.ts";
import { AdminFrame } from "./admin-frame.tsx";
import { RoomLoaded } from "./room-page.tsx";

export function AdminQrPage() {
  return (
    <AdminFrame title={texts.qr.title} intro={texts.qr.intro}>
      <RoomLoaded skeleton={<Skeleton className="h-96" />}>
        <LabelSheet />
      </RoomLoaded>
    </AdminFrame>
  );
}
