import type { AlertView, Tiles } from "@livefloor/api/coffee";
import { Notice, Skeleton } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { AlertList } from "../features/dashboard/alert-list.tsx";
import { alertsQuery, overviewQuery, putAlert, putTiles, timelineQuery } from "../features/dashboard/api.ts";
import { DayCourse } from "../features/dashboard/day-course.tsx";
import { StationCards } from "../features/dashboard/station-cards.tsx";
import { StockMap } from "../features/dashboard/stock-map.tsx";
import { TileBoard } from "../features/dashboard/tiles.tsx";
import { stationsQuery, useFloor, useFrames, useHeads, useOrders } from "../model/hooks.ts";
import { Loaded, NotLoaded } from "../model/loaded.tsx";
import { occasionsQuery, useOccasion } from "../model/occasion.ts";
import { useNames } from "../model/people.ts";
import { queries } from "../model/services.ts";
import { useAllStock, useFreshStock } from "../model/stock.ts";
import { texts } from "../texts/lead/index.ts";

const { dashboard } = texts;
const OPEN = new Set(["pending", "in_progress"]);
const MEANING_TILES = ["alert_opened", "alert_updated", "station_updated", "barista_checked_in", "barista_checked_out", "schedule_updated", "sms_status"];
const MEANING_PEOPLE = ["barista_checked_in", "barista_checked_out", "schedule_updated"];

/** How the whole event stands, for whoever leads it. */
export function DashboardPage() {
  const floor = useFloor(null);
  useFreshStock(null);
  useNews();
  const heads = useHeads();
  const orders = useOrders();
  const stock = useAllStock();
  const names = useNames();
  const occasion = useOccasion();
  const occasions = useQuery(occasionsQuery);
  const alerts = useQuery(alertsQuery);
  const overview = useQuery(overviewQuery);
  const stations = useQuery(stationsQuery).data ?? [];
  const timeline = useQuery(timelineQuery);
  const stationName = (id: number): string => stations.find((one) => one.id === id)?.name ?? String(id);
  const itemName = (code: string): string => stock.find((one) => one.code === code)?.name ?? code;
  const oldest = orders.filter(({ status }) => OPEN.has(status)).reduce<string | null>((first, { queued_at }) => (first === null || queued_at < first ? queued_at : first), null);
  return (
    <div className="flex flex-col gap-8 pt-1">
      <div>
        <h1 className="text-2xl font-extrabold">{dashboard.title}</h1>
        {occasion !== undefined && <p className="text-muted">{[occasion.name, occasion.venue].filter(Boolean).join(", ")}</p>}
        {occasions.data !== undefined && occasion === undefined && (
          <div className="mt-3">
            <Notice tone="held">{dashboard.noEvent}</Notice>
          </div>
        )}
      </div>
      <Titled title={dashboard.alerts.title}>
        <Loaded query={alerts} skeleton={<Skeleton className="h-20" />}>
          {(open) => <AlertList alerts={open} stationName={stationName} itemName={itemName} names={names} />}
        </Loaded>
      </Titled>
      <Titled title={dashboard.tiles.title}>
        <Loaded query={overview}>{({ tiles }) => <TileBoard tiles={tiles} oldest={oldest} />}</Loaded>
      </Titled>
      <Titled title={dashboard.stations.title}>{heads === undefined ? <NotLoaded query={floor} /> : <StationCards heads={heads} stations={stations} orders={orders} stock={stock} />}</Titled>
      <div className="grid items-start gap-8 xl:grid-cols-2">
        <Titled title={dashboard.stock.title}>{heads === undefined ? <NotLoaded query={floor} /> : <StockMap heads={heads} stock={stock} />}</Titled>
        <Titled title={dashboard.timeline.title}>
          <Loaded query={timeline}>{(buckets) => <DayCourse buckets={buckets} />}</Loaded>
        </Titled>
      </div>
    </div>
  );
}

/** What the line tells comes into the figures without asking for all of them. */
function useNews(): void {
  useFrames(["alert_opened", "alert_updated"], ({ data }) => putAlert((data as { alert: AlertView }).alert));
  useFrames(["stats_tick"], ({ data }) => putTiles((data as { tiles: Partial<Tiles> }).tiles));
  useFrames(MEANING_TILES, () => void queries.invalidateQueries({ queryKey: overviewQuery.queryKey }, { cancelRefetch: false }));
  useFrames(MEANING_PEOPLE, () => void queries.invalidateQueries({ queryKey: stationsQuery.queryKey }, { cancelRefetch: false }));
}

function Titled({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-3 text-lg font-bold">{title}</h2>
      {children}
    </section>
  );
}
