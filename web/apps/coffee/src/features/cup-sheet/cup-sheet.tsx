import type { OrderView } from "@livefloor/api/coffee";
import { Button, Notice, Refusal, Sheet, toast } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { eventQuery, undoLast, useAct, useIsOffline, useStep, useUser } from "../../model/hooks.ts";
import { texts } from "../../texts/crew/index.ts";
import { texts as common } from "../../texts/index.ts";
import { doWith, printLabel, type CupAct } from "./acts.ts";
import { CancelForm, MilkForm, MoveForm, RemakeForm } from "./forms.tsx";

const { cup: words } = texts;
type Mode = "move" | "milk" | "cancel" | "remake";

interface CupSheetProps {
  readonly order: OrderView;
  readonly onClose: () => void;
}

/** All that can be done with one cup besides its one large button, as far as this person may. */
export function CupSheet({ order, onClose }: CupSheetProps) {
  const [mode, setMode] = useState<Mode | null>(null);
  const isOffline = useIsOffline();
  const doing = useAct(doWith);
  const go = (act: CupAct, said: (after: OrderView) => string): void =>
    doing.mutate(
      { order, act },
      {
        onSuccess: (after) => {
          toast(said(after), "good");
          onClose();
        },
      },
    );
  const form = { order, busy: doing.isPending, onGo: go };
  return (
    <Sheet
      title={words.title(order.number, order.customer_name)}
      description={[common.sized(order.size, order.drink_name), common.queue.statuses[order.status], order.station_name].filter(Boolean).join(" · ")}
      closeLabel={common.close}
      onClose={onClose}
    >
      <div className="flex flex-col gap-3 pt-1">
        {isOffline && <Notice tone="off">{words.needsLine}</Notice>}
        <Refusal error={doing.error} />
        {mode === null && <Acts order={order} isOffline={isOffline} onMode={setMode} onGo={go} onClose={onClose} />}
        {mode === "move" && <MoveForm {...form} />}
        {mode === "milk" && <MilkForm {...form} />}
        {mode === "cancel" && <CancelForm {...form} />}
        {mode === "remake" && <RemakeForm {...form} />}
        {mode !== null && (
          <Button
            look="quiet"
            onClick={() => {
              doing.reset();
              setMode(null);
            }}
          >
            {words.back}
          </Button>
        )}
      </div>
    </Sheet>
  );
}

/** What this person may do with this cup now (section 2 and the table of states). */
function useRights({ station_id, status }: OrderView) {
  const user = useUser();
  const leads = user?.role === "admin" || user?.role === "organizer";
  const isOwn = user?.role === "barista" && user.station_id === station_id;
  const vipByBarista = useQuery(eventQuery).data?.vip_by_barista !== false;
  const makes = leads || isOwn;
  const serves = makes || user?.role === "support";
  const isOpen = status === "pending" || status === "scheduled";
  const isMade = status === "completed" || status === "picked_up" || status === "uncollected";
  return {
    ready: makes && status === "pending",
    undo: makes && (status === "in_progress" || status === "completed" || status === "picked_up"),
    move: serves && status === "pending",
    milk: serves && isOpen,
    vip: isOpen && (leads || user?.role === "support" || (user?.role === "barista" && vipByBarista)),
    cancel: (serves && isOpen) || (makes && status === "in_progress"),
    remake: makes && isMade,
  };
}

interface ActsProps {
  readonly order: OrderView;
  readonly isOffline: boolean;
  readonly onMode: (mode: Mode) => void;
  readonly onGo: (act: CupAct, said: (after: OrderView) => string) => void;
  readonly onClose: () => void;
}

function Acts({ order, isOffline, onMode, onGo, onClose }: ActsProps) {
  const step = useStep();
  const may = useRights(order);
  const isVip = order.priority === "vip";
  const close = (act: () => void) => (): void => {
    act();
    onClose();
  };
  return (
    <>
      {!Object.values(may).some(Boolean) && <p className="text-muted">{words.nothing}</p>}
      {may.ready && order.allergies.length === 0 && order.attention !== "substitute_asked" && <Button onClick={close(() => step("complete", order))}>{words.ready}</Button>}
      {may.undo && (
        <Button look="soft" onClick={close(() => void undoLast(order))}>
          {order.status === "in_progress" ? words.putBack : words.undo}
        </Button>
      )}
      {may.remake && (
        <Button look="soft" disabled={isOffline} onClick={() => onMode("remake")}>
          {words.remake}
        </Button>
      )}
      {may.move && (
        <Button look="soft" disabled={isOffline} onClick={() => onMode("move")}>
          {words.move}
        </Button>
      )}
      {may.milk && order.milk !== null && (
        <Button look="soft" disabled={isOffline} onClick={() => onMode("milk")}>
          {words.milk}
        </Button>
      )}
      {may.vip && order.priority !== "remake" && (
        <Button look="soft" disabled={isOffline} onClick={() => onGo({ kind: "priority", priority: isVip ? "normal" : "vip" }, ({ number }) => `${number}: ${isVip ? words.noVip : common.station.vip}`)}>
          {isVip ? words.noVip : words.vip}
        </Button>
      )}
      <Button look="quiet" disabled={isOffline} onClick={() => void printLabel(order).catch((error: unknown) => toast(String(error), "bad"))}>
        {words.label}
      </Button>
      {may.cancel && (
        <Button look="danger" disabled={isOffline} onClick={() => onMode("cancel")}>
          {words.cancel}
        </Button>
      )}
    </>
  );
}
