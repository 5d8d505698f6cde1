import { FloorBoard } from "../features/floor/floor-board.tsx";
import { useFloor, useHeads, useOrders } from "../model/hooks.ts";
import { NotLoaded } from "../model/loaded.tsx";
import { texts } from "../texts/index.ts";

/** All stations at once, for whoever hands out and evens out. */
export function FloorPage() {
  const floor = useFloor(null);
  const heads = useHeads();
  const orders = useOrders();
  return (
    <>
      <h1 className="mb-3 text-2xl font-extrabold">{texts.floor.title}</h1>
      {heads === undefined ? <NotLoaded query={floor} /> : <FloorBoard heads={heads} orders={orders} />}
    </>
  );
}
