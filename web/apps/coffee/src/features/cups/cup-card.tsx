import type { OrderView } from "@livefloor/api/coffee";
import { clockText, cx, IconButton, MoreIcon, useNow } from "@livefloor/ui";
import type { ReactNode } from "react";

import { MilkMark } from "../../model/milk-mark.tsx";
import { texts } from "../../texts/index.ts";

type Allergen = keyof typeof texts.allergens;

export function allergyText(order: OrderView): string {
  return order.allergies.map((code) => texts.allergens[code as Allergen]).join(", ");
}

interface CupCardProps {
  readonly order: OrderView;
  /** What stands in place of the age: a timer, a place. */
  readonly since?: string | null;
  readonly optionName: (code: string) => string;
  readonly milkName: (code: string) => string;
  /** Opens what else can be done with it. */
  readonly onMore: (order: OrderView) => void;
  readonly children?: ReactNode;
}

/** One cup, readable at arm's length: number, name, drink and size, the milk's band, what is special, and one large button. */
export function CupCard({ order, since, optionName, milkName, onMore, children }: CupCardProps) {
  const isLate = order.attention === "late";
  return (
    <article
      aria-label={`${order.number} ${order.customer_name}`}
      className={cx("flex overflow-hidden rounded-tile border-2 bg-card shadow-card", isLate ? "border-danger" : "border-line")}
    >
      {order.milk === null ? <span aria-hidden="true" className="w-11 shrink-0 bg-off-soft" /> : <MilkMark milk={order.milk} className="w-11 text-xl" />}
      <div className="flex min-w-0 flex-1 flex-col">
        {order.allergies.length > 0 && <p className="bg-danger px-3 py-1.5 text-base font-bold text-linen">{texts.station.allergy(allergyText(order))}</p>}
        <div className="flex flex-1 flex-col gap-1 px-3 pt-2 pb-3">
          <p className="flex items-baseline gap-2">
            <span className="text-2xl leading-none font-extrabold">{order.number}</span>
            <span className="min-w-0 flex-1 truncate text-lg font-semibold">{order.customer_name}</span>
            {since != null && <Age since={since} isTimer={order.status === "in_progress"} isLate={isLate} />}
          </p>
          <p className="text-xl leading-tight font-bold">{texts.sized(order.size, order.drink_name)}</p>
          <p className="text-base text-muted">{order.milk === null ? texts.noMilk : milkName(order.milk.code)}</p>
          <Marks order={order} optionName={optionName} />
          {order.notes !== "" && <p className="text-base wrap-anywhere italic">“{order.notes}”</p>}
          <div className="mt-auto flex items-end gap-2 pt-2">
            {children}
            <IconButton label={texts.station.more(order.number)} className="ml-auto border border-edge" onClick={() => onMore(order)}>
              <MoreIcon />
            </IconButton>
          </div>
        </div>
      </div>
    </article>
  );
}

function Age({ since, isTimer, isLate }: { readonly since: string; readonly isTimer: boolean; readonly isLate: boolean }) {
  const seconds = Math.max(0, Math.floor((useNow() - Date.parse(since)) / 1000));
  return (
    <span className={cx("shrink-0 text-base font-bold", isLate ? "text-danger" : "text-muted")}>
      {isTimer ? clockText(seconds) : texts.station.age(Math.floor(seconds / 60))}
    </span>
  );
}

const ATTENTION: Partial<Record<NonNullable<OrderView["attention"]>, string>> = {
  late: texts.station.late,
  restarted: texts.station.restarted,
  out_of_stock: texts.station.outOfStock,
  substitute_asked: texts.station.asked,
  no_station: texts.station.noStation,
};

function Marks({ order, optionName }: { readonly order: OrderView; readonly optionName: (code: string) => string }) {
  const attention = order.attention === null ? undefined : ATTENTION[order.attention];
  const marks: (readonly [string, string])[] = [
    ...(order.priority === "vip" ? [[`★ ${texts.station.vip}`, "bg-brand text-on-brand"] as const] : []),
    ...(order.priority === "remake" ? [[texts.station.remake, "bg-brand text-on-brand"] as const] : []),
    ...(attention === undefined ? [] : [[attention, "bg-danger-soft text-danger"] as const]),
    ...(order.group_code === null ? [] : [[texts.station.group(order.group_code), "bg-off-soft text-ink"] as const]),
    ...Object.entries(order.options).map(([code, count]) => [`${count > 1 ? `${count} × ` : ""}${optionName(code)}`, "bg-held-soft text-held"] as const),
  ];
  if (marks.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5">
      {marks.map(([text, look]) => (
        <li key={text} className={cx("rounded-lg px-2 py-0.5 text-base font-semibold", look)}>
          {text}
        </li>
      ))}
    </ul>
  );
}
