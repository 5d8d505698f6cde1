import type { OrderView } from "@livefloor/api/coffee";
import { Button, Check, Choices, Notice } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { offersQuery, stationsQuery, useIsOffline, useMilks, useUser } from "../../model/hooks.ts";
import { MilkMark } from "../../model/milk-mark.tsx";
import { texts } from "../../texts/crew/index.ts";
import { texts as common } from "../../texts/index.ts";
import type { Cancelling, CupAct, Fault } from "./acts.ts";

const { cup: words } = texts;

interface FormProps {
  readonly order: OrderView;
  readonly busy: boolean;
  readonly onGo: (act: CupAct, said: (after: OrderView) => string) => void;
}

/** Which station makes it: a named one, the best one, or this one before all others. */
export function MoveForm({ order, busy, onGo }: FormProps) {
  const [to, setTo] = useState("auto");
  const [onlyThis, setOnlyThis] = useState(false);
  const [notify, setNotify] = useState(true);
  const isOffline = useIsOffline();
  const user = useUser();
  const stations = useQuery(stationsQuery).data?.filter(({ id, kind, status }) => kind === "service" && status === "open" && id !== order.station_id) ?? [];
  const mayFront = order.station_id !== null && user?.role !== "support";
  const go = (): void => {
    const common_ = { notify, only_this: onlyThis };
    if (to === "front" && order.station_id !== null) onGo({ kind: "move", move: { station_id: order.station_id, position: "front" } }, ({ number }) => `${number}: ${words.front}`);
    else onGo({ kind: "move", move: { station_id: to === "auto" ? "auto" : Number(to), ...common_ } }, ({ number, station_name }) => words.moved(number, station_name ?? ""));
  };
  return (
    <>
      <Choices
        legend={words.where}
        value={to}
        onChange={setTo}
        choices={[
          { value: "auto", label: words.auto },
          ...(mayFront ? [{ value: "front", label: words.front }] : []),
          ...stations.map(({ id, name, queue_length }) => ({ value: String(id), label: name, aside: common.stations.queue(queue_length) })),
        ]}
      />
      {to !== "front" && (
        <>
          <Check label={words.onlyThis} hint={words.onlyThisHint} checked={onlyThis} onChange={(event) => setOnlyThis(event.target.checked)} />
          <Check label={words.tell} checked={notify} onChange={(event) => setNotify(event.target.checked)} />
        </>
      )}
      <Button disabled={isOffline} busy={busy && words.moving} onClick={go}>
        {words.move}
      </Button>
    </>
  );
}

/** Another milk, with the guest's yes; what is out at this station, or against an allergy, is not offered. */
export function MilkForm({ order, busy, onGo }: FormProps) {
  const [milk, setMilk] = useState<string | null>(null);
  const isOffline = useIsOffline();
  const milks = useMilks();
  const offers = useQuery(offersQuery).data?.find(({ station_id }) => station_id === order.station_id)?.offers;
  const isThere = (code: string): boolean =>
    offers === undefined || offers.some((offer) => offer.ok && offer.milk === code && offer.menu_item === order.menu_item && offer.size === order.size);
  const free = milks.filter(({ code, enabled, allergens }) => enabled && code !== order.milk?.code && !allergens.some((one) => order.allergies.includes(one)) && isThere(code));
  return (
    <>
      <Notice tone={order.allergies.length > 0 ? "danger" : "held"}>{order.allergies.length > 0 ? words.milkAllergy : words.milkText}</Notice>
      <Choices
        legend={words.milkTitle}
        value={milk}
        onChange={setMilk}
        choices={free.map((one) => ({ value: one.code, label: one.name, icon: <MilkMark milk={one} className="size-9 rounded-lg text-base" /> }))}
      />
      <Button
        disabled={isOffline || milk === null}
        busy={busy && words.changing}
        onClick={() => onGo({ kind: "edit", change: { milk } }, ({ number }) => words.changed(number, free.find(({ code }) => code === milk)?.name ?? ""))}
      >
        {words.milk}
      </Button>
    </>
  );
}

const REASONS = Object.entries(words.reasons) as [NonNullable<Cancelling["reason"]>, string][];

export function CancelForm({ order, busy, onGo }: FormProps) {
  const [reason, setReason] = useState<NonNullable<Cancelling["reason"]>>("customer");
  const [wasted, setWasted] = useState(true);
  const [notify, setNotify] = useState(true);
  const isOffline = useIsOffline();
  const isInHand = order.status === "in_progress";
  return (
    <>
      <Choices legend={words.cancelTitle} value={reason} onChange={setReason} choices={REASONS.map(([value, label]) => ({ value, label }))} />
      {isInHand && <Check label={words.wasted} hint={words.wastedHint} checked={wasted} onChange={(event) => setWasted(event.target.checked)} />}
      <Check label={words.tell} checked={notify} onChange={(event) => setNotify(event.target.checked)} />
      <Button look="danger" disabled={isOffline} busy={busy && words.cancelling} onClick={() => onGo({ kind: "cancel", cancel: { reason, notify, ...(isInHand ? { wasted } : {}) } }, ({ number }) => words.cancelled(number))}>
        {words.cancel}
      </Button>
    </>
  );
}

const FAULTS = Object.entries(words.faults) as [Fault, string][];

export function RemakeForm({ busy, onGo }: FormProps) {
  const [reason, setReason] = useState<Fault | null>(null);
  const isOffline = useIsOffline();
  return (
    <>
      <Choices legend={words.remakeTitle} value={reason} onChange={setReason} choices={FAULTS.map(([value, label]) => ({ value, label }))} />
      <Button disabled={isOffline || reason === null} busy={busy && words.remaking} onClick={() => reason !== null && onGo({ kind: "remake", reason }, ({ number }) => words.remade(number))}>
        {words.remake}
      </Button>
    </>
  );
}
