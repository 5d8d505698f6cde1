import type { GroupCupView } from "@livefloor/api/coffee";
import { Button, EmptyState } from "@livefloor/ui";

import { texts } from "../../texts/guest/index.ts";

interface WhoIsInProps {
  readonly cups: readonly GroupCupView[];
  /** Whether the order is handed in, so that it matters how far each cup is. */
  readonly isHandedIn: boolean;
  readonly isBusy: boolean;
  readonly onRefresh: () => void;
}

/** The cups of the group so far. */
export function WhoIsIn({ cups, isHandedIn, isBusy, onRefresh }: WhoIsInProps) {
  return (
    <section aria-labelledby="who">
      <div className="mb-2 flex items-center justify-between gap-2">
        <h2 id="who" className="text-lg font-bold">
          {texts.group.who}
        </h2>
        <Button look="quiet" busy={isBusy && texts.group.refreshing} onClick={onRefresh}>
          {texts.group.refresh}
        </Button>
      </div>
      {cups.length === 0 && <EmptyState>{texts.group.nobody}</EmptyState>}
      <ul>
        {cups.map(({ name, drink_name, status }, place) => (
          <li key={place} className="flex min-h-12 items-center gap-3 border-b border-line last:border-0">
            <span className="min-w-0 flex-1 font-semibold wrap-anywhere">{name}</span>
            <span className="text-right text-sm">
              <span className="block font-semibold">{drink_name}</span>
              {(isHandedIn || status === "cancelled") && <span className="text-muted">{texts.ticket.cupStates[status]}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
