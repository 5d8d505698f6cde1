import type { OrderView } from "@livefloor/api/coffee";
import { Button, Choices, Confirm } from "@livefloor/ui";
import { useState } from "react";

import type { Head } from "../../model/services.ts";
import { texts as crew } from "../../texts/crew/index.ts";
import { texts } from "../../texts/index.ts";
import type { Target } from "./moves.ts";

interface MoveQuestionProps {
  readonly orders: readonly OrderView[];
  readonly heads: readonly Head[];
  readonly busy: boolean;
  readonly onMove: (to: Target) => void;
  readonly onClose: () => void;
}

/** Where to, without dragging. */
export function MoveQuestion({ orders, heads, busy, onMove, onClose }: MoveQuestionProps) {
  const [to, setTo] = useState("auto");
  const [first] = orders;
  const title = orders.length === 1 && first !== undefined ? texts.floor.moveTitle(first.number, first.customer_name) : crew.floor.moveAll(orders.length);
  const open = heads.filter(({ id, status }) => status === "open" && orders.some(({ station_id }) => station_id !== id));
  return (
    <Confirm title={title} text={texts.floor.moveText} closeLabel={texts.close} onClose={onClose}>
      <Choices
        legend={texts.order.station}
        value={to}
        onChange={setTo}
        choices={[{ value: "auto", label: texts.floor.auto }, ...open.map(({ id, name, minutes }) => ({ value: String(id), label: name, aside: texts.order.minutes(minutes) }))]}
      />
      <Button busy={busy && texts.floor.moving} onClick={() => onMove(to === "auto" ? "auto" : Number(to))}>
        {texts.floor.move}
      </Button>
      <Button look="quiet" onClick={onClose}>
        {texts.cancel}
      </Button>
    </Confirm>
  );
}
