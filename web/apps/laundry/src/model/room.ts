import { body } from "@livefloor/api";
import type { Meta } from "@livefloor/api/laundry";
import { queryOptions } from "@tanstack/react-query";

import { live } from "./live.ts";
import { loadRoom } from "./loading.ts";
import { api } from "./services.ts";
import { setTimeZone } from "./times.ts";

/** What the room is: programmes, places, rules. */
export const metaQuery = queryOptions({
  queryKey: ["meta"],
  queryFn: async (): Promise<Meta> => {
    const meta = await body(api.http.GET("/api/v1/meta"));
    setTimeZone(meta.timezone);
    return meta;
  },
});

/** All that the room shows, and live from there. */
export const roomQuery = queryOptions({
  queryKey: ["room"],
  queryFn: async () => {
    const lastId = await loadRoom();
    live.start(lastId);
    return lastId;
  },
});
