import type { OrderView } from "@livefloor/api/coffee";
import { Button, cx, IconButton, MoreIcon } from "@livefloor/ui";

import { useIsOffline, useStep } from "../../model/hooks.ts";
import { MilkMark } from "../../model/milk-mark.tsx";
import { texts as crew } from "../../texts/crew/index.ts";
import { texts } from "../../texts/index.ts";
import { CUP } from "./moves.ts";

export interface CupActs {
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (order: OrderView) => void;
  readonly onMove: (order: OrderView) => void;
  readonly onMore: (order: OrderView) => void;
}

interface FloorCupProps extends CupActs {
  readonly order: OrderView;
}

/** A cup in few lines: dragged, selected or moved while it waits, handed out once it is ready. */
export function FloorCup({ order, selected, onSelect, onMove, onMore }: FloorCupProps) {
  const step = useStep();
  const isOffline = useIsOffline();
  const isWaiting = order.status === "pending";
  const mayMove = isWaiting && !isOffline;
  const isReady = order.status === "completed" || order.status === "uncollected";
  const isSelected = selected.has(order.id);
  return (
    <li
      draggable={mayMove}
      title={mayMove ? crew.floor.drop(order.number) : undefined}
      onDragStart={(event) => event.dataTransfer.setData(CUP, order.id)}
      className={cx("flex overflow-hidden rounded-2xl border-2 bg-card", isSelected ? "border-brand" : order.attention === "late" ? "border-danger" : "border-line", mayMove && "cursor-grab")}
    >
      {order.milk === null ? <span aria-hidden="true" className="w-9 shrink-0 bg-off-soft" /> : <MilkMark milk={order.milk} className="w-9 text-base" />}
      <div className="min-w-0 flex-1 px-3 py-2">
        {order.allergies.length > 0 && (
          <p className="text-base font-bold text-danger">{texts.station.allergy(order.allergies.map((code) => texts.allergens[code as keyof typeof texts.allergens]).join(", "))}</p>
        )}
        <div className="flex items-start gap-2">
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-baseline gap-x-2 text-base">
              <b className="text-lg">{order.number}</b>
              <span className="min-w-0 font-semibold wrap-anywhere">{order.customer_name}</span>
              {order.priority === "vip" && <span className="font-bold text-brand">★ {texts.station.vip}</span>}
              {order.attention !== null && <span className="font-bold text-danger">{ATTENTION[order.attention]}</span>}
            </p>
            <p className="text-base text-muted">
              {texts.sized(order.size, order.drink_name)}
              {!isWaiting && ` · ${texts.queue.statuses[order.status]}`}
              {order.phone_masked !== null && ` · ${order.phone_masked}`}
            </p>
          </div>
          <IconButton label={texts.station.more(order.number)} className="-mr-2" onClick={() => onMore(order)}>
            <MoreIcon />
          </IconButton>
        </div>
        {isReady && (
          <Button look="soft" className="mt-2 w-full" aria-label={`${texts.station.handOver}: ${order.number}`} onClick={() => step("pick_up", order)}>
            {texts.station.handOver}
          </Button>
        )}
        {isWaiting && (
          <div className="mt-2 flex gap-2">
            <label className="flex size-12 shrink-0 items-center justify-center rounded-2xl border border-edge">
              <input type="checkbox" aria-label={crew.floor.select(order.number)} className="size-6 accent-brand" disabled={isOffline} checked={isSelected} onChange={() => onSelect(order)} />
            </label>
            <Button look="quiet" className="flex-1 px-2" disabled={isOffline} aria-label={`${texts.floor.move}: ${order.number}`} onClick={() => onMove(order)}>
              {texts.floor.move}
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}

const ATTENTION: Record<NonNullable<OrderView["attention"]>, string> = {
  late: texts.station.late,
  restarted: texts.station.restarted,
  out_of_stock: texts.station.outOfStock,
  substitute_asked: texts.station.asked,
  no_station: texts.station.noStation,
};
