import type { OrderView } from "@livefloor/api/coffee";
import { Button, cx, EmptyState, IconButton, Notice, SettingsIcon } from "@livefloor/ui";
import { useState, type DragEvent } from "react";

import { useIsOffline } from "../../model/hooks.ts";
import type { Head } from "../../model/services.ts";
import { inMakingOrder } from "../../model/taps.ts";
import { texts as crew } from "../../texts/crew/index.ts";
import { texts } from "../../texts/index.ts";
import { FloorCup, type CupActs } from "./floor-cup.tsx";
import { CUP } from "./moves.ts";

interface FloorStationProps extends CupActs {
  readonly head: Head;
  readonly orders: readonly OrderView[];
  readonly isSearch: boolean;
  readonly onDrop: (id: string) => void;
  /** Moves the waiting cups of a station that is not heard away. */
  readonly onRescue: (orders: readonly OrderView[]) => void;
  /** Opens, pauses or closes it; null for whoever may not. */
  readonly onState: ((head: Head) => void) | null;
}

/** One station: what is ready first, then what is made, then what waits in making order. Takes cups that are dropped on it. */
export function FloorStation({ head, orders, isSearch, onDrop, onRescue, onState, ...acts }: FloorStationProps) {
  const [isOver, setIsOver] = useState(false);
  const isOffline = useIsOffline();
  const ready = orders.filter(({ status }) => status === "completed");
  const inHand = orders.filter(({ status }) => status === "in_progress");
  const next = inMakingOrder(orders.filter(({ status }) => status === "pending"));
  const isLost = head.connection === "lost" && head.status !== "closed";
  const take = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes(CUP) || head.status !== "open") return;
    event.preventDefault();
    setIsOver(true);
  };
  return (
    <section
      aria-label={head.name}
      onDragOver={take}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        setIsOver(false);
        onDrop(event.dataTransfer.getData(CUP));
      }}
      className={cx("min-w-0 rounded-tile border-2 p-3", isOver ? "border-brand bg-brand-soft" : isLost ? "border-danger" : "border-line")}
    >
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="text-xl font-bold">{head.name}</h2>
          <p className="mb-3 text-base text-muted">
            {texts.stations[head.status as "open"]}
            {isLost && ` · ${texts.stations.lost}`}
            {head.status === "open" && ` · ${texts.stations.wait(head.minutes)}`}
          </p>
        </div>
        {onState !== null && (
          <IconButton label={crew.state.change(head.name)} onClick={() => onState(head)}>
            <SettingsIcon />
          </IconButton>
        )}
      </div>
      {isLost && (
        <div className="mb-3">
          <Notice tone="danger" role="status">
            <p className="text-base">{crew.floor.lost(head.name)}</p>
            {next.length > 0 && (
              <Button look="danger" className="mt-2" disabled={isOffline} onClick={() => onRescue(next)}>
                {crew.floor.rescue(next.length)}
              </Button>
            )}
          </Notice>
        </div>
      )}
      {orders.length === 0 && !isSearch && <EmptyState>{texts.floor.empty}</EmptyState>}
      <ul className="flex flex-col gap-2">
        {[...ready, ...inHand, ...next].map((order) => (
          <FloorCup key={order.id} order={order} {...acts} />
        ))}
      </ul>
    </section>
  );
}
