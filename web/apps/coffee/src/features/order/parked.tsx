import type { CupInput } from "@livefloor/api/coffee";
import { Button, PlayIcon } from "@livefloor/ui";

import { texts } from "../../texts/crew/index.ts";

/** An order that waits for its guest to make up their mind, while the next one is served. */
export interface ParkedOrder {
  readonly key: string;
  readonly name: string;
  readonly phone: string;
  readonly cups: readonly CupInput[];
}

export function ParkedOrders({ orders, onResume }: { readonly orders: readonly ParkedOrder[]; readonly onResume: (order: ParkedOrder) => void }) {
  if (orders.length === 0) return null;
  return (
    <section aria-label={texts.order.parked}>
      <h2 className="mb-2 text-lg font-bold">{texts.order.parked}</h2>
      <ul className="flex flex-col gap-2">
        {orders.map((order) => (
          <li key={order.key}>
            <Button look="quiet" className="w-full justify-start" aria-label={texts.order.resume(texts.order.parkedAs(order.name, order.cups.length))} onClick={() => onResume(order)}>
              <PlayIcon className="size-5" />
              {texts.order.parkedAs(order.name, order.cups.length)}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
