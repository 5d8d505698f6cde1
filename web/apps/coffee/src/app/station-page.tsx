import type { OrderView } from "@livefloor/api/coffee";
import { BasketIcon, Button, buttonClass, ChatIcon, PlayIcon, say, Skeleton } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { StationBoard } from "../features/cups/station-board.tsx";
import { StationHead, StockStrip } from "../features/cups/station-head.tsx";
import { useStanding } from "../model/heartbeat.ts";
import { stationSettingsQuery, useFloor, useFrames, useHead, useOrders, useUser } from "../model/hooks.ts";
import { NotLoaded } from "../model/loaded.tsx";
import { ring } from "../model/sound.ts";
import { texts } from "../texts/index.ts";

// What is not on the first look at the queue comes with its own words when it is needed.
const CupSheet = lazy(async () => ({ default: (await import("../features/cup-sheet/cup-sheet.tsx")).CupSheet }));
const StateSheet = lazy(async () => ({ default: (await import("../features/station-state/state-sheet.tsx")).StateSheet }));
const UnreadHere = lazy(async () => ({ default: (await import("../features/chat/unread-badge.tsx")).UnreadBadge }));

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
  const user = useUser();
  const [picked, setPicked] = useState<string | null>(null);
  const [isStateOpen, setStateOpen] = useState(false);
  useStanding(station);
  const choices = useQuery(stationSettingsQuery(station)).data;
  useRing(station, choices?.sound?.on === false ? 0 : choices?.sound?.volume);
  if (head === undefined) return <NotLoaded query={floor} skeleton={COLUMNS} />;
  const shown = orders.find(({ id }) => id === picked);
  const mayChange = user !== undefined && (user.role === "admin" || user.role === "organizer" || (user.role === "barista" && user.station_id === station));
  const params = { id: String(station) };
  return (
    <>
      <StationHead head={head} orders={orders}>
        {mayChange && (
          <Button look="quiet" aria-label={texts.station.stateLink} onClick={() => setStateOpen(true)}>
            <PlayIcon className="size-5" />
            {texts.stations[head.status as "open"]}
          </Button>
        )}
        <Link to="/station/$id/stock" params={params} className={buttonClass("quiet")}>
          <BasketIcon className="size-5" />
          {texts.station.stockLink}
        </Link>
        <Link to="/station/$id/chat" params={params} className={buttonClass("quiet")}>
          <ChatIcon className="size-5" />
          {texts.nav.chat}
          <Suspense>
            <UnreadHere station={station} />
          </Suspense>
        </Link>
      </StationHead>
      <StationBoard head={head} orders={orders} isList={choices?.layout === "list"} oneTap={choices?.one_tap_complete === true} onMore={({ id }) => setPicked(id)} />
      <StockStrip station={station} />
      <Suspense>
        {shown !== undefined && <CupSheet order={shown} onClose={() => setPicked(null)} />}
        {isStateOpen && <StateSheet head={head} onClose={() => setStateOpen(false)} />}
      </Suspense>
    </>
  );
}

/** Ring and say it when a cup comes to the queue: a new one, one for later whose time has come, one from another station. */
function useRing(station: number, volume: number | undefined): void {
  useFrames(["order_created", "order_updated"], ({ event, data }) => {
    const { order, change, previous_status } = data as { readonly order: OrderView; readonly change?: string; readonly previous_status?: string };
    if (order.station_id !== station || order.status !== "pending") return;
    if (event === "order_updated" && change !== "moved" && previous_status !== "scheduled") return;
    ring(order.allergies.length > 0 ? "allergy" : order.priority === "vip" ? "vip" : "cup", volume);
    say(texts.station.newCup(order.number));
  });
}
