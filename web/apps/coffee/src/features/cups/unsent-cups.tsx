import { timeText } from "@livefloor/base/times";

import { useQueued } from "../../model/queue.ts";
import type { WalkUp } from "../../model/taps.ts";
import { texts } from "../../texts/index.ts";

/** Cups that were ordered here without a network: to be made all the same, with a number for the time being (rule 73). */
export function UnsentCups({ station }: { readonly station: number }) {
  const unsent = useQueued().filter(({ kind, state }) => kind === "create" && (state === "waiting" || state === "sending"));
  return unsent.map(({ id, input }) => {
    const { provisional, said, order, at } = input as WalkUp;
    if (order.station_id != null && order.station_id !== station) return null;
    return (
      <article key={id} aria-label={`${provisional} ${order.customer_name}`} className="rounded-tile border-2 border-dashed border-edge bg-card px-3 py-2">
        <p className="flex items-baseline gap-2">
          <span className="text-2xl leading-none font-extrabold">{provisional}</span>
          <span className="min-w-0 flex-1 truncate text-lg font-semibold">{order.customer_name}</span>
          <span className="text-base text-muted">{timeText(at)}</span>
        </p>
        <p className="text-lg leading-tight font-bold">{said}</p>
        <p className="text-base text-muted">{texts.station.pending}</p>
      </article>
    );
  });
}
