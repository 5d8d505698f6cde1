import { body } from "@livefloor/api";
import { keyed, useAct } from "@livefloor/base";
import { Button, Confirm, Refusal } from "@livefloor/ui";
import { useState } from "react";

import { api, queries } from "../../model/guest.ts";
import { ticketQuery } from "../../model/ticket-line.ts";
import { texts } from "../../texts/guest/index.ts";

const { ticket: words } = texts;

interface CancelCupsProps {
  readonly token: string;
  /** Of the order, or of the one cup. */
  readonly number: string;
  /** One cup; without it all that nobody has begun. */
  readonly orderId?: string;
}

/** Take an order out of the queue: asked once, because its place is gone with it. */
export function CancelCups({ token, number, orderId }: CancelCupsProps) {
  const [isAsked, setAsked] = useState(false);
  const key = ticketQuery(token).queryKey;
  const cancel = useAct(
    (order_id: string | null, act) => body(api.http.POST("/api/public/orders/{token}/cancel", { params: { path: { token } }, body: { order_id }, ...keyed(act) })),
    (page) => {
      queries.setQueryData(key, page);
      setAsked(false);
    },
  );
  const open = (): void => {
    cancel.reset();
    setAsked(true);
  };
  return (
    <>
      <Button look={orderId === undefined ? "danger" : "quiet"} className={orderId === undefined ? "" : "mt-2"} onClick={open}>
        {orderId === undefined ? words.cancel : words.cancelCup(number)}
      </Button>
      {isAsked && (
        <Confirm title={words.cancelTitle(number)} text={words.cancelText} closeLabel={texts.close} onClose={() => setAsked(false)}>
          <Refusal error={cancel.error} />
          <Button look="danger" busy={cancel.isPending && words.cancelling} onClick={() => cancel.mutate(orderId ?? null, { onError: () => void queries.invalidateQueries({ queryKey: key }) })}>
            {words.cancelYes}
          </Button>
          <Button look="soft" onClick={() => setAsked(false)}>
            {words.keep}
          </Button>
        </Confirm>
      )}
    </>
  );
}
