import type { OrderView } from "@livefloor/api/coffee";
import { cx } from "@livefloor/ui";
import type { ReactNode } from "react";

import { useMilks, useStock } from "../../model/hooks.ts";
import { MilkMark } from "../../model/milk-mark.tsx";
import type { Head } from "../../model/services.ts";
import { texts } from "../../texts/index.ts";

/** Above the columns: the station, its wait and hands, and how many of what are waiting. */
export function StationHead({ head, orders, children }: { readonly head: Head; readonly orders: readonly OrderView[]; readonly children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 pt-1">
      <h1 className="text-2xl font-extrabold">{head.name}</h1>
      {head.status !== "open" && <span className="rounded-lg bg-held-soft px-2 text-lg font-bold text-held">{texts.stations[head.status as "paused"]}</span>}
      {head.status === "open" && <span className="text-lg font-bold">{texts.stations.wait(head.minutes)}</span>}
      <span className="text-base text-muted">{texts.stations.hands(head.hands)}</span>
      <div className="ml-auto flex flex-wrap gap-2">{children}</div>
      <AllDay orders={orders.filter(({ station_id, status }) => station_id === head.id && (status === "pending" || status === "in_progress"))} />
    </div>
  );
}

function AllDay({ orders }: { readonly orders: readonly OrderView[] }) {
  const milks = useMilks();
  const counts = new Map<string, { readonly order: OrderView; readonly n: number }>();
  for (const order of orders) {
    const key = `${order.drink_name} ${order.milk?.code ?? ""}`;
    counts.set(key, { order, n: (counts.get(key)?.n ?? 0) + 1 });
  }
  if (counts.size === 0) return null;
  return (
    <ul aria-label={texts.station.allDay} className="flex w-full min-w-0 flex-wrap gap-x-3 gap-y-1 text-base">
      {[...counts.entries()]
        .sort(([, one], [, other]) => other.n - one.n)
        .slice(0, 8)
        .map(([key, { order, n }]) => (
          <li key={key} className="flex items-center gap-1.5">
            <b>{n}</b> {order.drink_name}
            {order.milk !== null && <MilkMark milk={order.milk} name={milks.find(({ code }) => code === order.milk?.code)?.name ?? order.milk.code} className="h-6 min-w-7 rounded-md text-sm" />}
          </li>
        ))}
    </ul>
  );
}

/** What runs out here, as far as it is not well stocked. */
export function StockStrip({ station }: { readonly station: number }) {
  const low = useStock(station).filter(({ status, enabled }) => enabled && status !== "ok");
  if (low.length === 0) return null;
  return (
    <section aria-label={texts.station.stock} className="sticky bottom-0 -mx-3 mt-3 border-t border-line bg-linen/95 px-3 py-2 backdrop-blur-sm max-md:bottom-14 md:-mx-5 md:px-5">
      <ul className="flex flex-wrap items-center gap-2 text-base">
        <li className="font-bold">{texts.station.stock}</li>
        {low.map(({ code, name, status, cups_left }) => (
          <li key={code} className={cx("rounded-lg px-2.5 py-1 font-semibold", status === "low" ? "bg-held-soft text-held" : "bg-danger-soft text-danger")}>
            {name}: {status === "out" ? texts.station.out : cups_left === null ? texts.station.stock : texts.station.stockLeft(cups_left)}
          </li>
        ))}
      </ul>
    </section>
  );
}
