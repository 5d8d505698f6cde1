import { EmptyState } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import { useFloor, useHeads, useOrders } from "../model/hooks.ts";
import { NotLoaded } from "../model/loaded.tsx";
import { texts } from "../texts/index.ts";

/** All stations that make coffee: where this tablet stands. */
export function StationsPage() {
  const floor = useFloor(null);
  const heads = useHeads();
  const orders = useOrders();
  if (heads === undefined) return <NotLoaded query={floor} />;
  return (
    <div className="mx-auto w-full max-w-3xl">
      <h1 className="text-2xl font-bold">{texts.stations.title}</h1>
      <p className="mt-1 mb-4 text-muted">{texts.stations.pick}</p>
      {heads.length === 0 && <EmptyState>{texts.stations.none}</EmptyState>}
      <ul className="grid gap-3 sm:grid-cols-2">
        {[...heads]
          .sort((one, other) => one.id - other.id)
          .map((head) => (
            <li key={head.id}>
              <Link to="/station/$id" params={{ id: String(head.id) }} className="block rounded-tile border border-line bg-card p-4 shadow-card hover:border-edge">
                <span className="text-xl font-bold">{head.name}</span>
                <span className="mt-1 block font-semibold text-muted">
                  {texts.stations[head.status as "open"]}
                  {head.connection === "lost" && ` · ${texts.stations.lost}`}
                </span>
                <span className="block text-muted">
                  {head.status === "open" && `${texts.stations.wait(head.minutes)} · `}
                  {texts.stations.queue(orders.filter(({ station_id, status }) => station_id === head.id && status === "pending").length)}
                </span>
              </Link>
            </li>
          ))}
      </ul>
    </div>
  );
}
