import { answer, body, newKey } from "@livefloor/api";
import type { ItemView, MilkColor, OrderView, StationPage } from "@livefloor/api/coffee";
import { mount, useAct } from "@livefloor/base";
import { setTimeZone } from "@livefloor/base/times";
import { useAll, useLine, useOne, type Frame } from "@livefloor/live";
import { toast } from "@livefloor/ui";
import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useSyncExternalStore } from "react";

import { texts } from "../texts/index.ts";
import { withDeeds, type DeedKind, type Deeds } from "./deeds.ts";
import { frameListeners, live, shownStations } from "./live.ts";
import { loadFloor } from "./loading.ts";
import { withMilks } from "./milks.ts";
import { putOrder, queue, useQueued } from "./queue.ts";
import { api, clock, keeper, queries, store, type Head, type Session, type Stock } from "./services.ts";
import { isTap, withTaps, type Step, type Tap } from "./taps.ts";

export { useAct };

const RETRY_MS = 5_000;
const retrying = { refetchInterval: ({ state }: { state: { status: string } }) => (state.status === "error" ? RETRY_MS : (false as const)) };
const JOIN_MS = 1_500;

export function useSession(): Session | null {
  return useSyncExternalStore(keeper.subscribe, keeper.read);
}

export function useUser(): Session["user"] | undefined {
  return useSession()?.user;
}

/** Follow a station, or all of them where the rooms of this role tell of all, and load it; live from there. */
export function useFloor(station: number | null): UseQueryResult<string> {
  useEffect(() => {
    shownStations.add(station);
    return () => {
      shownStations.delete(station);
      if (station !== null) live.leave(station);
    };
  }, [station]);
  return useQuery({
    queryKey: ["floor", station],
    queryFn: async () => {
      // Joined first: what happens while the answer is under way is told as well.
      if (station !== null) await Promise.race([live.join(station), new Promise((resolve) => setTimeout(resolve, JOIN_MS))]);
      const lastId = await loadFloor(station);
      live.start(lastId);
      return lastId;
    },
    gcTime: 0,
    ...retrying,
  });
}

const ZONE = `livefloor-coffee zone ${mount}`;
let knownZone = localStorage.getItem(ZONE) ?? "";
if (knownZone !== "") setTimeZone(knownZone);

/** Work where the running shift is: a check-in may be at another station than the one of the account. */
function moveTo(station_id: number | null): void {
  const session = keeper.read();
  if (session !== null && session.user.station_id !== station_id) keeper.write({ ...session, user: { ...session.user, station_id } });
}

const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    const { data, seq } = await answer(api.http.GET("/api/auth/me"));
    knownZone = data.timezone;
    setTimeZone(knownZone);
    localStorage.setItem(ZONE, knownZone);
    moveTo(data.user.station_id);
    // Pages that show no station have nothing to load first: they hear what happens from here.
    if (live.lastId === null && shownStations.size === 0) live.start(`${seq}.0`);
    return data;
  },
  ...retrying,
});

const ABOUT_ME = ["barista_checked_in", "barista_checked_out", "schedule_updated", "user_updated"];

/** The zone by whose clocks times are told: the event's, until it is known that of the last visit. Empty at the very first. */
export function useZone(): string {
  const me = useUser()?.id;
  useFrames(["event_updated", ...ABOUT_ME], ({ event, data }) => {
    if (event === "event_updated" || personOf(data) === me) void queries.invalidateQueries({ queryKey: meQuery.queryKey });
  });
  const { data, error } = useQuery(meQuery);
  return data?.timezone ?? (knownZone === "" && error !== null ? Intl.DateTimeFormat().resolvedOptions().timeZone : knownZone);
}

/** Whom a frame about somebody's shift or account is about. */
function personOf(data: unknown): string | undefined {
  const { user_id, schedule, user } = data as { user_id?: string; schedule?: { user_id: string }; user?: { id: string } };
  return user_id ?? schedule?.user_id ?? user?.id;
}

/** Call back for frames of these events while the component is shown. */
export function useFrames(events: readonly string[], onFrame: (frame: Frame) => void): void {
  const tell = useEffectEvent((frame: Frame) => {
    if (events.includes(frame.event)) onFrame(frame);
  });
  useEffect(() => {
    frameListeners.add(tell);
    return () => void frameListeners.delete(tell);
  }, []);
}

const NO_ORDERS: readonly OrderView[] = [];
const NO_STOCK: readonly Stock[] = [];
const NO_MILKS: readonly MilkColor[] = [];

/** The cups as this person knows them: with the own taps that the server has not answered. */
export function useOrders(): readonly OrderView[] {
  const orders = useAll(store, "orders") ?? NO_ORDERS;
  const acts = useQueued();
  const user = useUser();
  const milks = useAll(store, "milks") ?? NO_MILKS;
  return useMemo(() => withMilks(user === undefined ? orders : withTaps(orders, acts, user), milks), [orders, acts, user, milks]);
}

export function useHead(station: number): Head | undefined {
  return useOne(store, "heads", String(station));
}

export function useHeads(): readonly Head[] | undefined {
  return useAll(store, "heads");
}

export function useStock(station: number): readonly Stock[] {
  const stock = useAll(store, "inventory") ?? NO_STOCK;
  const acts = useQueued();
  return useMemo(
    () =>
      withDeeds(
        stock.filter(({ station_id }) => station_id === station),
        acts,
      ),
    [stock, station, acts],
  );
}

export function useMilks(): readonly MilkColor[] {
  const milks = useAll(store, "milks") ?? NO_MILKS;
  return useMemo(() => [...milks].sort((one, other) => one.sort - other.sort), [milks]);
}

export const menuQuery = queryOptions({ queryKey: ["menu", "items"], queryFn: () => body(api.http.GET("/api/menu/")), ...retrying });
export const offersQuery = queryOptions({ queryKey: ["menu", "offers"], queryFn: async () => (await body(api.http.GET("/api/menu/availability"))).stations, ...retrying });
export const stationsQuery = queryOptions({
  queryKey: ["stations"],
  queryFn: async (): Promise<readonly StationPage[]> => (await body(api.http.GET("/api/stations/"))).items,
  ...retrying,
});
export const itemsQuery = queryOptions({
  queryKey: ["items"],
  queryFn: async (): Promise<readonly ItemView[]> => (await body(api.http.GET("/api/inventory/items", { params: { query: { limit: 100 } } }))).items,
  ...retrying,
});
/** How one station is set up: its sound, its layout, whether one tap is enough. */
export const stationSettingsQuery = (station: number) =>
  queryOptions({
    queryKey: ["event", "station", station],
    queryFn: async () => (await body(api.http.GET("/api/settings/station/{station_id}", { params: { path: { station_id: station } } }))).settings,
    ...retrying,
  });
/** What the people of the crew are called, by id. */
export const crewQuery = queryOptions({
  queryKey: ["crew"],
  queryFn: async (): Promise<Readonly<Record<string, string>>> => Object.fromEntries((await body(api.http.GET("/api/users/", { params: { query: { limit: 100 } } }))).items.map(({ id, display_name }) => [id, display_name])),
  ...retrying,
});
/** The settings of the event that the crew's pages go by. */
export const eventQuery = queryOptions({
  queryKey: ["event"],
  queryFn: async () => (await body(api.http.GET("/api/settings/event"))).settings as { readonly sms_ordering?: boolean; readonly vip_by_barista?: boolean },
  ...retrying,
});

export function useIsOffline(): boolean {
  const { line, isKept } = useLine(live);
  return line === "offline" || isKept;
}

/** Take a step with a cup: shown at once, sent at once or when the server can be reached, and taken back for ten seconds. */
export function useStep(): (step: Step, order: OrderView, more?: { allergen_ack?: true }) => void {
  const role = useUser()?.role;
  return (step, order, more = {}) => {
    const key = newKey();
    const tap: Tap = { order_id: order.id, at: new Date(clock.now()).toISOString(), number: order.number, name: order.customer_name, station_id: order.station_id, ...more };
    queue.add(step, tap, key).then(
      () => {
        if (step === "put_back") return;
        // Whoever only hands out may not step back (section 2).
        const undo = role === "support" ? undefined : { label: texts.taps.undo, onAct: () => void takeBack(step, key, order.id) };
        toast(texts.taps.done[step](order.number, order.customer_name), "plain", undo);
      },
      () => toast(texts.taps.notKept, "bad"),
    );
  };
}

/** Do something besides a step with a cup; it waits where the server cannot be reached. Gives its key, null where it cannot be kept. */
export async function doDeed<Kind extends DeedKind>(kind: Kind, input: Omit<Deeds[Kind], "at">): Promise<string | null> {
  const key = newKey();
  try {
    await queue.add(kind, { ...input, at: new Date(clock.now()).toISOString() }, key);
    return key;
  } catch {
    toast(texts.taps.notKept, "bad");
    return null;
  }
}

/** Take a step back: out of the queue where it still waits, else by another step. */
async function takeBack(step: Step, key: string, orderId: string): Promise<void> {
  await queue.send().catch(() => undefined);
  if (queue.acts().some(({ id, state }) => id === key && state === "waiting")) return queue.drop(key);
  const call = { params: { path: { order_id: orderId } }, body: {} };
  try {
    if (step === "start") putOrder(await body(api.http.POST("/api/orders/{order_id}/put-back", call)));
    else putOrder(await body(api.http.POST("/api/orders/{order_id}/undo", call)));
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), "bad");
  }
}

/** Take the last step of a cup back, whoever took it; also one that still waits for the server. */
export function undoLast(order: OrderView): Promise<void> {
  const last = queue.acts().findLast((act) => isTap(act) && act.input.order_id === order.id);
  return takeBack(order.status === "in_progress" ? "start" : "complete", last?.id ?? "", order.id);
}
