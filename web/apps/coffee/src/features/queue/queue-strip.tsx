import type { QueuedAct } from "@livefloor/offline";
import { timeText } from "@livefloor/base/times";
import { newKey } from "@livefloor/api";
import { Button, EmptyState, Notice, Sheet } from "@livefloor/ui";
import { useState } from "react";

import { useOrders } from "../../model/hooks.ts";
import { isDeed } from "../../model/deeds.ts";
import { queue, useQueued } from "../../model/queue.ts";
import { isShiftAct, type ShiftActKind } from "../../model/shift-acts.ts";
import { isTap, type ActKind, type WalkUp } from "../../model/taps.ts";
import { texts } from "../../texts/index.ts";

const isWaiting = ({ state }: QueuedAct): boolean => state === "waiting" || state === "sending";

/** How many actions wait, and below what the server refused: it needs a decision and is never thrown away (rule 74). */
export function QueueStrip() {
  const [open, setOpen] = useState(false);
  const acts = useQueued();
  const waiting = acts.filter(isWaiting);
  const settled = acts.filter((act) => !isWaiting(act));
  return (
    <>
      {waiting.length > 0 && (
        <button type="button" aria-label={texts.queue.open} className="min-h-12 rounded-2xl px-2 text-sm font-semibold underline underline-offset-4" onClick={() => setOpen(true)}>
          {texts.line.waiting(waiting.length)}
        </button>
      )}
      {settled.length > 0 && (
        <button type="button" className="min-h-12 rounded-2xl bg-danger-soft px-3 text-sm font-semibold text-danger" onClick={() => setOpen(true)}>
          {texts.queue.title}: {settled.length}
        </button>
      )}
      {open && (
        <Sheet title={settled.length > 0 ? texts.queue.title : texts.queue.waitingTitle} closeLabel={texts.close} onClose={() => setOpen(false)}>
          {acts.length === 0 && <EmptyState>{texts.line.live}</EmptyState>}
          <ul className="flex flex-col gap-2">
            {[...settled, ...waiting].map((act) => (
              <li key={act.id}>
                <Row act={act} />
              </li>
            ))}
          </ul>
        </Sheet>
      )}
    </>
  );
}

function nameOf(act: QueuedAct): string {
  const what = texts.queue.acts[act.kind as ActKind | ShiftActKind];
  if (isTap(act)) return `${act.input.number} ${act.input.name}: ${what}`;
  if (isShiftAct(act)) return `${act.input.station_name}: ${what}`;
  if (isDeed(act)) return `${act.kind === "chat" ? act.input.message : act.input.name}: ${what}`;
  const { provisional, order } = act.input as WalkUp;
  return `${provisional} ${order.customer_name}: ${what}`;
}

/** Both versions: what was tapped and when, and how the cup is now. */
function Row({ act }: { readonly act: QueuedAct }) {
  const orders = useOrders();
  const cup = isTap(act) ? orders.find(({ id }) => id === act.input.order_id) : undefined;
  const isOver = !isWaiting(act);
  return (
    <Notice tone={isOver ? "danger" : "off"}>
      <p className="text-base font-bold">{nameOf(act)}</p>
      <p>{texts.queue.madeAt(timeText(act.madeAt))}</p>
      <p>{act.state === "refused" ? act.reason : act.state === "expired" ? texts.queue.expired : texts.queue.waiting}</p>
      {isOver && cup !== undefined && (
        <p>
          {texts.queue.now(texts.queue.statuses[cup.status])}
          {cup.station_name === null ? "" : `, ${cup.station_name}`}
        </p>
      )}
      <div className="mt-2 flex flex-wrap gap-2">
        {isOver && (
          <Button look="soft" onClick={() => void queue.add(act.kind, act.input, newKey()).then(() => queue.drop(act.id))}>
            {texts.queue.again}
          </Button>
        )}
        {act.state !== "sending" && (
          <Button look="quiet" onClick={() => void queue.drop(act.id)}>
            {isOver ? texts.queue.understood : texts.queue.takeBack}
          </Button>
        )}
      </div>
    </Notice>
  );
}
