import { timeText } from "@livefloor/base/times";
import { Button, Notice } from "@livefloor/ui";

import { texts as crew } from "../../texts/crew/index.ts";
import { texts } from "../../texts/index.ts";
import type { Ordered, Wanted } from "./send.ts";

interface ToldProps {
  readonly ordered: Ordered;
  readonly wanted: Wanted;
  readonly stationName: (id: number) => string;
  readonly onRepeat: (() => void) | null;
}

/** What came of the last order, and a way to repeat it. */
export function Told({ ordered, wanted, stationName, onRepeat }: ToldProps) {
  const name = wanted.customer_name;
  let text: string;
  if ("provisional" in ordered) text = texts.order.kept(ordered.provisional, name);
  else {
    const { number, station_id, quoted_wait_seconds } = ordered.placed.ticket;
    const later = ordered.placed.orders[0]?.requested_for ?? null;
    if (later !== null) text = crew.order.scheduled(number, name, timeText(later));
    else text = texts.order.placed(number, name, station_id === null ? "" : stationName(station_id), Math.ceil((quoted_wait_seconds ?? 0) / 60));
  }
  return (
    <Notice tone="free" role="status">
      <p className="text-lg font-bold">{text}</p>
      {onRepeat !== null && (
        <Button look="quiet" className="mt-2" onClick={onRepeat}>
          {texts.order.again}
        </Button>
      )}
    </Notice>
  );
}
