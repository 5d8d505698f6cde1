import { Button, EmptyState, Sheet, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useIsOffline } from "../../model/hooks.ts";
import { texts as crew } from "../../texts/crew/index.ts";
import { texts } from "../../texts/index.ts";
import { rebalance } from "./moves.ts";

const { floor: words } = crew;

/** The moves that shorten the longest wait, shown before they are done. */
export function EvenOut({ nameOf }: { readonly nameOf: (station: number) => string }) {
  const [isOpen, setOpen] = useState(false);
  const isOffline = useIsOffline();
  const ask = useAct((_: string, key) => rebalance(true, key));
  const go = useAct(
    (_: string, key) => rebalance(false, key),
    ({ moves }) => {
      setOpen(false);
      toast(words.movedAll(moves.reduce((sum, { order_ids }) => sum + order_ids.length, 0)), "good");
    },
  );
  const fail = (error: Error): void => toast(error.message, "bad");
  return (
    <>
      <Button look="soft" disabled={isOffline} busy={ask.isPending && words.evening} onClick={() => ask.mutate("", { onSuccess: () => setOpen(true), onError: fail })}>
        {words.even}
      </Button>
      {isOpen && ask.data !== undefined && (
        <Sheet title={words.evenTitle} closeLabel={texts.close} onClose={() => setOpen(false)}>
          <div className="flex flex-col gap-3">
            {ask.data.moves.length === 0 ? (
              <EmptyState>{words.evenNone}</EmptyState>
            ) : (
              <>
                <p>{words.evenText}</p>
                <ul className="list-disc pl-5 text-base">
                  {ask.data.moves.map(({ order_ids, from_station, to_station }) => (
                    <li key={order_ids.join()}>{words.evenMove(order_ids.length, nameOf(from_station), nameOf(to_station))}</li>
                  ))}
                </ul>
                <Button busy={go.isPending && words.rescuing} onClick={() => go.mutate("", { onError: fail })}>
                  {words.evenDo}
                </Button>
              </>
            )}
          </div>
        </Sheet>
      )}
    </>
  );
}
