import type { OrderView } from "@livefloor/api/coffee";
import { Button, Confirm, cx, EmptyState, IconButton, Notice, UndoIcon } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { menuQuery, undoLast, useMilks, useStep, useUser } from "../../model/hooks.ts";
import type { Head } from "../../model/services.ts";
import { inMakingOrder } from "../../model/taps.ts";
import { texts } from "../../texts/index.ts";
import { allergyText, CupCard } from "./cup-card.tsx";
import { Swipe } from "./swipe.tsx";
import { UnsentCups } from "./unsent-cups.tsx";

interface Names {
  readonly optionName: (code: string) => string;
  readonly milkName: (code: string) => string;
}

/** What things are called, as far as it is known. */
function useNames(): Names {
  const options = useQuery(menuQuery).data?.options ?? [];
  const milks = useMilks();
  const named = (code: string, list: readonly { code: string; name: string }[]): string => list.find((one) => one.code === code)?.name ?? code;
  return { optionName: (code) => named(code, options), milkName: (code) => named(code, milks) };
}

interface StationBoardProps {
  readonly head: Head;
  readonly orders: readonly OrderView[];
  /** One cup below the other, for narrow carts. */
  readonly isList: boolean;
  /** A cup is ready at the first tap. */
  readonly oneTap: boolean;
  readonly onMore: (order: OrderView) => void;
}

/** Three columns: next in making order, in progress, ready; each cup with its one tap. */
export function StationBoard({ head, orders, isList, oneTap, onMore }: StationBoardProps) {
  const [asked, setAsked] = useState<OrderView | null>(null);
  const user = useUser();
  const step = useStep();
  const names = { ...useNames(), onMore };
  const isMine = user !== undefined && (user.role === "admin" || user.role === "organizer" || (user.role === "barista" && user.station_id === head.id));
  const handsOut = isMine || user?.role === "support";
  const here = orders.filter(({ station_id }) => station_id === head.id);
  const next = inMakingOrder(here.filter(({ status }) => status === "pending"));
  const inHand = here.filter(({ status }) => status === "in_progress").sort((one, other) => (one.started_at ?? "").localeCompare(other.started_at ?? ""));
  const ready = here.filter(({ status }) => status === "completed").sort((one, other) => (one.completed_at ?? "").localeCompare(other.completed_at ?? ""));
  const later = here.filter(({ status }) => status === "scheduled").length;
  const first = oneTap ? texts.station.complete : texts.station.start;
  const complete = (order: OrderView): void => (order.allergies.length > 0 ? setAsked(order) : step("complete", order));
  return (
    <>
      {!isMine && user?.role === "barista" && <Notice tone="held">{texts.station.notYours}</Notice>}
      <div className="grid flex-1 items-start gap-4 pt-2 lg:grid-cols-[2fr_1fr_1fr]">
        <Column title={texts.station.next} count={next.length} empty={texts.station.noneNext} aside={later === 0 ? null : texts.station.later(later)} wide={!isList}>
          <UnsentCups station={head.id} />
          {runsOf(next, head.jug).map(({ isJug, cups }) => (
            <Jug key={cups[0]?.id} isJug={isJug} isList={isList} cups={cups}>
              {cups.map((order) => (
                <CupCard key={order.id} order={order} since={order.queued_at} {...names}>
                  {isMine && (
                    <Button
                      className="flex-1 text-lg"
                      disabled={order.attention === "substitute_asked"}
                      aria-label={`${first}: ${order.number}`}
                      onClick={() => (oneTap ? complete(order) : step("start", order))}
                    >
                      {first}
                    </Button>
                  )}
                </CupCard>
              ))}
            </Jug>
          ))}
        </Column>
        <Column title={texts.station.inHand} count={inHand.length} empty={texts.station.noneInHand}>
          {inHand.map((order) => (
            <Swipeable key={order.id} isMine={isMine} onSwipe={() => step("put_back", order)}>
              <CupCard order={order} since={order.started_at} {...names}>
                <InHandActs order={order} isMine={isMine} me={user?.id} onComplete={() => complete(order)} onPutBack={() => step("put_back", order)} />
              </CupCard>
            </Swipeable>
          ))}
        </Column>
        <Column title={texts.station.ready} count={ready.length} empty={texts.station.noneReady}>
          {ready.map((order) => (
            <Swipeable key={order.id} isMine={isMine} onSwipe={() => void undoLast(order)}>
              <CupCard order={order} since={order.completed_at} {...names}>
                {handsOut && (
                  <Button look="soft" className="flex-1 text-lg" aria-label={`${texts.station.handOver}: ${order.number}`} onClick={() => step("pick_up", order)}>
                    {texts.station.handOver}
                  </Button>
                )}
              </CupCard>
            </Swipeable>
          ))}
        </Column>
      </div>
      {asked !== null && (
        <Confirm title={texts.station.cleanTitle(asked.number, asked.customer_name)} text={texts.station.cleanText(allergyText(asked))} closeLabel={texts.close} onClose={() => setAsked(null)}>
          <Button
            onClick={() => {
              step("complete", asked, { allergen_ack: true });
              setAsked(null);
            }}
          >
            {texts.station.clean}
          </Button>
          <Button look="quiet" onClick={() => setAsked(null)}>
            {texts.station.notClean}
          </Button>
        </Confirm>
      )}
    </>
  );
}

interface Run {
  readonly isJug: boolean;
  readonly cups: readonly OrderView[];
}

/** The waiting cups in order, cut where cups of one jug begin and end (rule 19). */
function runsOf(cups: readonly OrderView[], jug: readonly string[]): readonly Run[] {
  const runs: { isJug: boolean; cups: OrderView[] }[] = [];
  for (const cup of cups) {
    const isJug = jug.length > 1 && jug.includes(cup.id);
    const last = runs.at(-1);
    if (last?.isJug === isJug) last.cups.push(cup);
    else runs.push({ isJug, cups: [cup] });
  }
  return runs;
}

/** A bracket around neighbours that are steamed together. */
function Jug({ isJug, cups, isList, children }: Run & { readonly isList: boolean; readonly children: ReactNode }) {
  if (!isJug) return children;
  const name = texts.station.jug(cups.length);
  return (
    <div role="group" aria-label={`${name}: ${cups.map(({ number }) => number).join(", ")}`} className={cx("rounded-tile border-l-8 border-brand pl-2", !isList && "sm:col-span-2")}>
      <p aria-hidden="true" className="mb-1 text-base font-bold text-brand">
        {name}
      </p>
      <div className={cx("grid gap-3", !isList && "sm:grid-cols-2")}>{children}</div>
    </div>
  );
}

function Swipeable({ isMine, onSwipe, children }: { readonly isMine: boolean; readonly onSwipe: () => void; readonly children: ReactNode }) {
  if (!isMine) return children;
  return (
    <Swipe label={texts.station.stepBack} onSwipe={onSwipe}>
      {children}
    </Swipe>
  );
}

interface InHandActsProps {
  readonly order: OrderView;
  readonly isMine: boolean;
  readonly me: string | undefined;
  readonly onComplete: () => void;
  readonly onPutBack: () => void;
}

function InHandActs({ order, isMine, me, onComplete, onPutBack }: InHandActsProps) {
  if (!isMine) return null;
  return (
    <div className="flex flex-1 flex-wrap gap-2">
      {order.barista_id !== me && order.barista_name !== null && <p className="w-full text-base text-muted">{texts.station.by(order.barista_name)}</p>}
      <Button className="flex-1 text-lg" aria-label={`${texts.station.complete}: ${order.number}`} onClick={onComplete}>
        {texts.station.complete}
      </Button>
      <IconButton label={`${texts.station.putBack}: ${order.number}`} className="border border-edge" onClick={onPutBack}>
        <UndoIcon />
      </IconButton>
    </div>
  );
}

interface ColumnProps {
  readonly title: string;
  readonly count: number;
  readonly empty: string;
  readonly aside?: string | null;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

function Column({ title, count, empty, aside, wide = false, children }: ColumnProps) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-2 flex items-baseline gap-2 text-lg font-bold">
        {title}
        <span className="text-muted">{count}</span>
        {aside != null && <span className="ml-auto text-base font-medium text-muted">{aside}</span>}
      </h2>
      <div className={cx("grid gap-3", wide && "sm:grid-cols-2")}>{children}</div>
      {count === 0 && <EmptyState>{empty}</EmptyState>}
    </section>
  );
}
