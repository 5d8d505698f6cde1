import { LiveConnection, type Frame } from "@livefloor/live";

import { changesOf } from "./frames.ts";
import { loadRoom } from "./loading.ts";
import { base } from "./mount.ts";
import { newsOf } from "./news.ts";
import { api, clock, keeper, queries, store, tieLine } from "./services.ts";

const address = new URL("api/ws", base);
address.protocol = address.protocol === "https:" ? "wss:" : "ws:";

/** Told of each frame after the store has it. */
export const frameListeners = new Set<(frame: Frame) => void>();

export const live = new LiveConnection({
  url: address.href,
  clock,
  token: () => keeper.read()?.access_token ?? null,
  renew: (token) => api.refresh(token),
  onFrame: (frame) => {
    store.apply(changesOf(frame));
    newsOf(frame);
    for (const tell of frameListeners) tell(frame);
  },
  onResync: async () => {
    const lastId = await loadRoom();
    // Lists that were asked for and not told anew may have changed as well.
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "room" });
    return lastId;
  },
});
tieLine(
  live,
  () => api.http.GET("/api/health"),
  () => queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "meta" }),
);
