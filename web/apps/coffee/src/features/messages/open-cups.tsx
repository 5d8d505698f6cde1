import type { OrderView } from "@livefloor/api/coffee";
import { timeText } from "@livefloor/base/times";
import { cx } from "@livefloor/ui";

import { useOrders } from "../../model/hooks.ts";
import { MilkMark } from "../../model/milk-mark.tsx";
import { texts } from "../../texts/crew/index.ts";
import { texts as common } from "../../texts/index.ts";

const { messages: words } = texts;

/** The guest's cups that are not fetched, as they stand now. */
export function OpenCups({ orders }: { readonly orders: readonly OrderView[] }) {
  const live = useOrders();
  const now = orders.map((order) => live.find(({ id, version }) => id === order.id && version >= order.version) ?? order).filter(({ status }) => status !== "picked_up" && status !== "cancelled");
  return (
    <section aria-label={words.openCups} className={cx("rounded-tile border border-line bg-card p-3", now.length === 0 && "max-xl:hidden")}>
      <h3 className="mb-2 text-lg font-bold">{words.openCups}</h3>
      {now.length === 0 && <p className="text-base text-muted">{words.noCups}</p>}
      <ul className="flex flex-col gap-2">
        {now.map((order) => (
          <li key={order.id} className="flex items-stretch gap-3">
            {order.milk === null ? <span aria-hidden="true" className="w-9 shrink-0 rounded-lg bg-off-soft" /> : <MilkMark milk={order.milk} className="w-9 rounded-lg text-base" />}
            <div className="min-w-0 text-base">
              <p>
                <b className="text-lg">{order.number}</b> {common.sized(order.size, order.drink_name)}
              </p>
              {order.allergies.length > 0 && <p className="font-bold text-danger">{common.station.allergy(order.allergies.map((code) => common.allergens[code as keyof typeof common.allergens]).join(", "))}</p>}
              <p className="text-muted">
                {[
                  common.queue.statuses[order.status],
                  order.station_name,
                  order.position === null ? null : words.place(order.position),
                  order.status === "pending" && order.eta_at !== null ? timeText(order.eta_at) : null,
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
