import type { TicketCup } from "@livefloor/api/coffee";
import { CheckIcon, cx } from "@livefloor/ui";

import { texts } from "../../texts/guest/index.ts";

const STEPS = ["ordered", "making", "ready", "fetched"] as const;
const REACHED: Partial<Record<TicketCup["status"], number>> = { scheduled: 0, pending: 0, in_progress: 1, completed: 2, uncollected: 2, picked_up: 3 };

/** The way of an order, and how far it is. */
export function Steps({ status }: { readonly status: TicketCup["status"] }) {
  const reached = REACHED[status];
  if (reached === undefined) return null;
  return (
    <ol className="grid grid-cols-4 gap-1.5">
      {STEPS.map((step, place) => (
        <li key={step} aria-current={place === reached ? "step" : undefined} className={cx("text-center text-sm leading-tight font-semibold", place > reached && "text-muted")}>
          <span className={cx("mb-1.5 flex h-2 rounded-full", place <= reached ? "bg-brand" : "bg-off-soft")} />
          {place < reached && <CheckIcon className="mr-0.5 inline size-3.5" />}
          {texts.ticket.steps[step]}
        </li>
      ))}
    </ol>
  );
}
