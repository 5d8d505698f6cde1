import { done } from "@livefloor/api";
import type { OrderView } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { Button, Choices, Confirm, cx, EmptyState, Field, toast } from "@livefloor/ui";
import { useState, type DragEvent } from "react";

import { useAct, useIsOffline, useStep } from "../../model/hooks.ts";
import { MilkMark } from "../../model/milk-mark.tsx";
import { api, type Head } from "../../model/services.ts";
import { inMakingOrder } from "../../model/taps.ts";
import { texts } from "../../texts/index.ts";

const CUP = "text/x-cup";

interface Move {
  readonly order: OrderView;
  readonly to: number | "auto";
}

async function move({ order, to }: Move, key: string): Promise<void> {
  await done(api.http.POST("/api/orders/{order_id}/move", { params: { path: { order_id: order.id } }, body: { station_id: to }, ...keyed(key) }));
}

/** A cup is found by its number, the name, or the end of the phone number. */
export function matches({ number, customer_name, phone_masked }: OrderView, words: string): boolean {
  const asked = words.trim().toLowerCase();
  if (asked === "") return true;
  return number.toLowerCase().startsWith(asked) || customer_name.toLowerCase().includes(asked) || (/^\d{2,}$/.test(asked) && phone_masked?.endsWith(asked) === true);
}

interface FloorBoardProps {
  readonly heads: readonly Head[];
  readonly orders: readonly OrderView[];
}

/** All stations side by side: find a cup, hand it out, drag it to another station or move it by its button. */
export function FloorBoard({ heads, orders }: FloorBoardProps) {
  const [words, setWords] = useState("");
  const [asked, setAsked] = useState<OrderView | null>(null);
  const open = orders.filter((order) => (order.status === "pending" || order.status === "in_progress" || order.status === "completed") && matches(order, words));
  const nameOf = (id: number): string => heads.find((head) => head.id === id)?.name ?? String(id);
  const moving = useAct(async (input: Move, key) => {
    await move(input, key);
    return input;
  });
  const go = (order: OrderView, to: number | "auto"): void =>
    moving.mutate(
      { order, to },
      { onSuccess: () => toast(texts.floor.moved(order.number, to === "auto" ? texts.floor.auto : nameOf(to)), "good"), onError: (error) => toast(`${order.number}: ${error.message}`, "bad") },
    );
  return (
    <>
      <Field label={texts.floor.search} type="search" autoComplete="off" maxLength={40} value={words} className="mb-4 max-w-xl" onChange={(event) => setWords(event.target.value)} />
      {open.length === 0 && words !== "" && <EmptyState>{texts.floor.none}</EmptyState>}
      <div className="grid items-start gap-4 md:grid-cols-2 xl:grid-cols-4">
        {[...heads]
          .sort((one, other) => one.id - other.id)
          .map((head) => (
            <Station
              key={head.id}
              head={head}
              orders={open.filter(({ station_id }) => station_id === head.id)}
              isSearch={words !== ""}
              onMove={setAsked}
              onDrop={(id) => {
                const order = orders.find((one) => one.id === id);
                if (order !== undefined && order.station_id !== head.id) go(order, head.id);
              }}
            />
          ))}
      </div>
      {asked !== null && (
        <MoveQuestion
          order={asked}
          heads={heads.filter(({ id, status }) => id !== asked.station_id && status === "open")}
          busy={moving.isPending}
          onMove={(to) => {
            go(asked, to);
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

interface StationProps {
  readonly head: Head;
  readonly orders: readonly OrderView[];
  readonly isSearch: boolean;
  readonly onMove: (order: OrderView) => void;
  readonly onDrop: (id: string) => void;
}

function Station({ head, orders, isSearch, onMove, onDrop }: StationProps) {
  const [isOver, setIsOver] = useState(false);
  const ready = orders.filter(({ status }) => status === "completed");
  const inHand = orders.filter(({ status }) => status === "in_progress");
  const next = inMakingOrder(orders.filter(({ status }) => status === "pending"));
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
      className={cx("min-w-0 rounded-tile border-2 p-3", isOver ? "border-brand bg-brand-soft" : "border-line")}
    >
      <h2 className="text-xl font-bold">{head.name}</h2>
      <p className="mb-3 text-base text-muted">
        {texts.stations[head.status as "open"]}
        {head.connection === "lost" && ` · ${texts.stations.lost}`}
        {head.status === "open" && ` · ${texts.stations.wait(head.minutes)}`}
      </p>
      {orders.length === 0 && !isSearch && <EmptyState>{texts.floor.empty}</EmptyState>}
      <ul className="flex flex-col gap-2">
        {[...ready, ...inHand, ...next].map((order) => (
          <Cup key={order.id} order={order} onMove={onMove} />
        ))}
      </ul>
    </section>
  );
}

const STATES: Partial<Record<OrderView["status"], string>> = { completed: texts.station.ready, in_progress: texts.station.inHand };

function Cup({ order, onMove }: { readonly order: OrderView; readonly onMove: (order: OrderView) => void }) {
  const step = useStep();
  const isOffline = useIsOffline();
  const isWaiting = order.status === "pending";
  return (
    <li
      draggable={isWaiting && !isOffline}
      onDragStart={(event) => event.dataTransfer.setData(CUP, order.id)}
      className={cx("flex overflow-hidden rounded-2xl border bg-card", order.attention === "late" ? "border-danger" : "border-line", isWaiting && !isOffline && "cursor-grab")}
    >
      {order.milk === null ? <span aria-hidden="true" className="w-9 shrink-0 bg-off-soft" /> : <MilkMark milk={order.milk} className="w-9 text-base" />}
      <div className="min-w-0 flex-1 px-3 py-2">
        {order.allergies.length > 0 && (
          <p className="text-base font-bold text-danger">{texts.station.allergy(order.allergies.map((code) => texts.allergens[code as keyof typeof texts.allergens]).join(", "))}</p>
        )}
        <p className="flex flex-wrap items-baseline gap-x-2 text-base">
          <b className="text-lg">{order.number}</b>
          <span className="min-w-0 font-semibold wrap-anywhere">{order.customer_name}</span>
          {order.priority === "vip" && <span className="font-bold text-brand">★ {texts.station.vip}</span>}
          {order.attention === "late" && <span className="font-bold text-danger">{texts.station.late}</span>}
        </p>
        <p className="text-base text-muted">
          {texts.sized(order.size, order.drink_name)}
          {STATES[order.status] !== undefined && ` · ${STATES[order.status] ?? ""}`}
          {order.phone_masked !== null && ` · ${order.phone_masked}`}
        </p>
        {order.status === "completed" && (
          <Button look="soft" className="mt-2 w-full" aria-label={`${texts.station.handOver}: ${order.number}`} onClick={() => step("pick_up", order)}>
            {texts.station.handOver}
          </Button>
        )}
        {isWaiting && (
          <Button look="quiet" className="mt-2 w-full" disabled={isOffline} aria-label={`${texts.floor.move}: ${order.number}`} onClick={() => onMove(order)}>
            {texts.floor.move}
          </Button>
        )}
      </div>
    </li>
  );
}

interface MoveQuestionProps {
  readonly order: OrderView;
  readonly heads: readonly Head[];
  readonly busy: boolean;
  readonly onMove: (to: number | "auto") => void;
  readonly onClose: () => void;
}

function MoveQuestion({ order, heads, busy, onMove, onClose }: MoveQuestionProps) {
  const [to, setTo] = useState("auto");
  return (
    <Confirm title={texts.floor.moveTitle(order.number, order.customer_name)} text={texts.floor.moveText} closeLabel={texts.close} onClose={onClose}>
      <Choices
        legend={texts.order.station}
        value={to}
        onChange={setTo}
        choices={[{ value: "auto", label: texts.floor.auto }, ...heads.map(({ id, name, minutes }) => ({ value: String(id), label: name, aside: texts.order.minutes(minutes) }))]}
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
