import type { OrderView } from "@livefloor/api/coffee";
import { seqOf } from "@livefloor/live";
import { say, Skeleton } from "@livefloor/ui";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { StationBoard } from "../features/cups/station-board.tsx";
import { StationHead, StockStrip } from "../features/cups/station-head.tsx";
import { useFloor, useFrames, useHead, useOrders, useUser } from "../model/hooks.ts";
import { live } from "../model/live.ts";
import { NotLoaded } from "../model/loaded.tsx";
import { queue } from "../model/queue.ts";
import { ring } from "../model/sound.ts";
import { texts } from "../texts/index.ts";

const HEARTBEAT_MS = 20_000;
const COLUMNS = (
  <div className="grid gap-4 pt-10 lg:grid-cols-[2fr_1fr_1fr]">
    <Skeleton className="h-64" />
    <Skeleton className="h-64" />
    <Skeleton className="h-64" />
  </div>
);

/** The barista's tablet. */
export function StationPage() {
  const station = Number(useParams({ strict: false }).id);
  const floor = useFloor(station);
  const head = useHead(station);
  const orders = useOrders();
  useHeartbeat(station);
  useRing(station);
  if (head === undefined) return <NotLoaded query={floor} skeleton={COLUMNS} />;
  return (
    <>
      <StationHead head={head} orders={orders} />
      <StationBoard head={head} orders={orders} />
      <StockStrip station={station} />
    </>
  );
}

/** Say that this tablet is there: a station that is not heard of gets no new cups (rule 45). */
function useHeartbeat(station: number): void {
  const role = useUser()?.role;
  useEffect(() => {
    if (role !== "barista" && role !== "support") return undefined;
    const beat = (): void => {
      if (live.status().line !== "live") return;
      const pending = queue.acts().filter(({ state }) => state === "waiting" || state === "sending").length;
      void live.say("heartbeat", { station_id: station, queue_seq: seqOf(live.lastId), pending_local: pending }).catch(() => undefined);
    };
    let wasLive = false;
    const stop = live.subscribe(() => {
      const isLive = live.status().line === "live";
      if (isLive && !wasLive) beat();
      wasLive = isLive;
    });
    const timer = setInterval(beat, HEARTBEAT_MS);
    beat();
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [station, role]);
}

/** Ring and say it when a cup comes. */
function useRing(station: number): void {
  useFrames(["order_created"], ({ data }) => {
    const { order } = data as { order: OrderView };
    if (order.station_id !== station || order.status !== "pending") return;
    ring(order.priority === "vip" || order.allergies.length > 0);
    say(texts.station.newCup(order.number));
  });
}
