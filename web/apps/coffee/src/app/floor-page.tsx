import type { OrderView } from "@livefloor/api/coffee";
import { useState } from "react";

import { CupSheet } from "../features/cup-sheet/cup-sheet.tsx";
import { FloorBoard } from "../features/floor/floor-board.tsx";
import { StateSheet } from "../features/station-state/state-sheet.tsx";
import { useFloor, useHeads, useOrders, useUser } from "../model/hooks.ts";
import { NotLoaded } from "../model/loaded.tsx";
import type { Head } from "../model/services.ts";
import { texts } from "../texts/index.ts";

/** All stations at once, for whoever hands out and evens out. */
export function FloorPage() {
  const floor = useFloor(null);
  const heads = useHeads();
  const orders = useOrders();
  const role = useUser()?.role;
  const [cup, setCup] = useState<OrderView | null>(null);
  const [station, setStation] = useState<Head | null>(null);
  return (
    <>
      <h1 className="mb-3 text-2xl font-extrabold">{texts.floor.title}</h1>
      {heads === undefined ? (
        <NotLoaded query={floor} />
      ) : (
        <FloorBoard heads={heads} orders={orders} mayLead={role === "admin" || role === "organizer"} onMore={setCup} onState={setStation} />
      )}
      {cup !== null && <CupSheet order={orders.find(({ id, version }) => id === cup.id && version >= cup.version) ?? cup} onClose={() => setCup(null)} />}
      {station !== null && <StateSheet head={station} onClose={() => setStation(null)} />}
    </>
  );
}
