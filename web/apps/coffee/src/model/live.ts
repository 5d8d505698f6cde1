import { base } from "@livefloor/base";
import type { Frame } from "@livefloor/live";
import { SocketIoConnection, tellWindow } from "@livefloor/live/socketio";

import { hearChat } from "./chat.ts";
import { changesOf } from "./frames.ts";
import { loadFloor, loadQueue } from "./loading.ts";
import { api, clock, keeper, queries, store, tieLine } from "./services.ts";

/** Told of each frame after the store has it. */
export const frameListeners = new Set<(frame: Frame) => void>();

/** The stations whose pages are open here; null stands for all of them. */
export const shownStations = new Set<number | null>();

const SETTLE_MS = 1_000;
const stale = new Map<number, ReturnType<typeof setTimeout>>();

/** Ask for the places of a station anew when its cups have come to rest. */
function placesSoon({ event, data }: Frame): void {
  if (event !== "order_created" && event !== "order_updated" && event !== "station_updated" && event !== "barista_checked_in" && event !== "barista_checked_out") return;
  const { station_id } = (event === "order_created" ? (data as { order: object }).order : data) as { station_id?: number | null };
  if (station_id == null || stale.has(station_id) || (!shownStations.has(station_id) && !shownStations.has(null))) return;
  stale.set(
    station_id,
    setTimeout(() => {
      stale.delete(station_id);
      void loadQueue(station_id).catch(() => undefined);
    }, SETTLE_MS),
  );
}

export const live: SocketIoConnection = new SocketIoConnection({
  base,
  clock,
  token: () => keeper.read()?.access_token ?? null,
  tokenName: () => (keeper.read()?.device === true ? "device_token" : "token"),
  renew: async (token) => {
    if (keeper.read()?.device !== true) return api.refresh(token);
    // A board has no other token: whether it was revoked, an answer to it says.
    await api.http.GET("/api/auth/me");
    return keeper.read() !== null;
  },
  onFrame: (frame) => {
    store.apply(changesOf(frame));
    hearChat(frame);
    if (frame.event === "menu_updated") void queries.invalidateQueries({ queryKey: ["menu"] });
    if (frame.event === "station_updated") void queries.invalidateQueries({ queryKey: ["stations"] });
    if (frame.event === "settings_updated") void queries.invalidateQueries({ queryKey: ["event"] });
    placesSoon(frame);
    tellWindow(frame);
    for (const tell of frameListeners) tell(frame);
  },
  onSaid: tellWindow,
  onResync: async () => {
    const positions = await Promise.all([...shownStations].map(loadFloor));
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "floor" });
    return positions.sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10))[0] ?? live.lastId ?? "0.0";
  },
});
tieLine(
  live,
  () => api.http.GET("/api/health"),
  () => queries.clear(),
);
