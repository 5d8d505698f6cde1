import type { OrderView } from "@livefloor/api/coffee";
import { Button, EmptyState, toast } from "@livefloor/ui";
import { useDeferredValue, useState, type ReactNode } from "react";

import { useAct, useIsOffline } from "../../model/hooks.ts";
import type { Head } from "../../model/services.ts";
import { texts as crew } from "../../texts/crew/index.ts";
import { texts } from "../../texts/index.ts";
import { EvenOut } from "./even-out.tsx";
import { matches } from "./find.ts";
import { FloorCup } from "./floor-cup.tsx";
import { FloorStation } from "./floor-station.tsx";
import { HandOut } from "./hand-out.tsx";
import { MoveQuestion } from "./move-question.tsx";
import { moveCups, useFound, type Target } from "./moves.ts";

const ON_BOARD = new Set<OrderView["status"]>(["pending", "in_progress", "completed"]);

interface FloorBoardProps {
  readonly heads: readonly Head[];
  readonly orders: readonly OrderView[];
  readonly mayLead: boolean;
  readonly onMore: (order: OrderView) => void;
  readonly onState: (head: Head) => void;
}

/** All stations side by side: find a cup, hand it out, drag it, or several, to another station or move them by a button. */
export function FloorBoard({ heads, orders, mayLead, onMore, onState }: FloorBoardProps) {
  const [words, setWords] = useState("");
  const [asked, setAsked] = useState<readonly OrderView[]>([]);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const isOffline = useIsOffline();
  const found = useFound(useDeferredValue(words)).data ?? [];
  const open = orders.filter((order) => ON_BOARD.has(order.status) && matches(order, words));
  const homeless = orders.filter((order) => order.station_id === null && order.attention === "no_station" && matches(order, words));
  const elsewhere = words.trim() === "" ? [] : found.map((order) => orders.find(({ id, version }) => id === order.id && version >= order.version) ?? order).filter(({ id }) => !open.some((one) => one.id === id));
  // What has gone on meanwhile is no longer moved.
  const selected = new Set(orders.filter(({ id, status }) => status === "pending" && picked.has(id)).map(({ id }) => id));
  const nameOf = (id: number): string => heads.find((head) => head.id === id)?.name ?? String(id);
  const moving = useAct(moveCups);
  const go = (cups: readonly OrderView[], to: Target): void => {
    const [first] = cups;
    if (first === undefined) return;
    const where = to === "auto" ? texts.floor.auto : nameOf(to);
    moving.mutate(
      { ids: cups.map(({ id }) => id), to },
      {
        onSuccess: ({ moved, refused }) => {
          setPicked(new Set());
          if (moved.length > 0) toast(cups.length === 1 ? texts.floor.moved(first.number, where) : crew.floor.movedAll(moved.length), "good");
          if (refused.length > 0) toast(`${crew.floor.refusedAll(refused.length)} ${texts.problems[refused[0]?.code ?? ""]?.({}) ?? ""}`, "bad");
        },
        onError: (error) => toast(`${first.number}: ${error.message}`, "bad"),
      },
    );
  };
  const select = ({ id }: OrderView): void => setPicked(selected.has(id) ? new Set([...selected].filter((one) => one !== id)) : new Set([...selected, id]));
  const acts = { selected, onSelect: select, onMove: (order: OrderView) => setAsked([order]), onMore };
  const dropped = (id: string): readonly OrderView[] => orders.filter((order) => (selected.has(id) ? selected.has(order.id) : order.id === id));
  return (
    <>
      <div className="mb-4 flex flex-wrap items-start gap-3">
        <div className="min-w-[min(24rem,100%)] flex-1">
          <HandOut words={words} orders={[...orders, ...elsewhere]} onWords={setWords} />
        </div>
        {mayLead && (
          <div className="md:pt-6">
            <EvenOut nameOf={nameOf} />
          </div>
        )}
      </div>
      {open.length === 0 && elsewhere.length === 0 && words !== "" && <EmptyState>{texts.floor.none}</EmptyState>}
      <Others title={crew.floor.elsewhere} orders={elsewhere}>
        {(order) => <FloorCup key={order.id} order={order} {...acts} />}
      </Others>
      <Others title={crew.floor.stranded(homeless.length)} orders={homeless}>
        {(order) => <FloorCup key={order.id} order={order} {...acts} />}
      </Others>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(16rem,100%),1fr))] items-start gap-3">
        {[...heads]
          .sort((one, other) => one.id - other.id)
          .map((head) => (
            <FloorStation
              key={head.id}
              head={head}
              orders={open.filter(({ station_id }) => station_id === head.id)}
              isSearch={words !== ""}
              onRescue={(cups) => go(cups, "auto")}
              onState={mayLead ? onState : null}
              onDrop={(id) =>
                go(
                  dropped(id).filter(({ station_id }) => station_id !== head.id),
                  head.id,
                )
              }
              {...acts}
            />
          ))}
      </div>
      {selected.size > 0 && (
        <div role="status" className="sticky bottom-0 z-10 mt-3 flex flex-wrap items-center gap-3 rounded-tile border-2 border-brand bg-card p-3 shadow-sheet max-md:bottom-18">
          <p className="text-lg font-bold">{crew.floor.selected(selected.size)}</p>
          <Button disabled={isOffline} onClick={() => setAsked(orders.filter(({ id }) => selected.has(id)))}>
            {crew.floor.moveAll(selected.size)}
          </Button>
          <Button look="quiet" onClick={() => setPicked(new Set())}>
            {crew.floor.clear}
          </Button>
        </div>
      )}
      {asked.length > 0 && (
        <MoveQuestion
          orders={asked}
          heads={heads}
          busy={moving.isPending}
          onMove={(to) => {
            go(asked, to);
            setAsked([]);
          }}
          onClose={() => setAsked([])}
        />
      )}
    </>
  );
}

function Others({ title, orders, children }: { readonly title: string; readonly orders: readonly OrderView[]; readonly children: (order: OrderView) => ReactNode }) {
  if (orders.length === 0) return null;
  return (
    <section aria-label={title} className="mb-4">
      <h2 className="mb-2 text-xl font-bold">{title}</h2>
      <ul className="grid gap-2 md:grid-cols-2 xl:grid-cols-4">{orders.map(children)}</ul>
    </section>
  );
}
