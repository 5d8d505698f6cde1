import { useParams } from "@tanstack/react-router";

import { StockList } from "../features/stock/stock-list.tsx";
import { useStanding } from "../model/heartbeat.ts";
import { useFloor, useHead } from "../model/hooks.ts";
import { NotLoaded } from "../model/loaded.tsx";
import { texts } from "../texts/crew/index.ts";
import { BackToStation } from "./back-link.tsx";

/** What a station has, and calling for what it has not. */
export function StockPage() {
  const station = Number(useParams({ strict: false }).id);
  useStanding(station);
  const floor = useFloor(station);
  const head = useHead(station);
  if (head === undefined) return <NotLoaded query={floor} />;
  return (
    <div className="flex flex-col gap-4 pb-4">
      <div>
        <BackToStation head={head} />
        <h1 className="text-2xl font-extrabold">{texts.stock.title(head.name)}</h1>
      </div>
      <StockList station={station} />
    </div>
  );
}
