import { keptScreen } from "@livefloor/base";

import { eventQuery, itemsQuery, menuQuery, offersQuery, stationsQuery } from "./hooks.ts";
import { live } from "./live.ts";
import { drawer } from "./queue.ts";
import { clock, keeper, queries, store } from "./services.ts";

const KEPT = [menuQuery.queryKey, offersQuery.queryKey, stationsQuery.queryKey, itemsQuery.queryKey, eventQuery.queryKey, ["chat"]];

const screen = keptScreen({
  pages: import.meta.url,
  keeper,
  drawer,
  live,
  clock,
  store,
  collections: ["orders", "heads", "inventory", "milks"],
  needs: "orders",
  beside: () => KEPT.flatMap((queryKey) => queries.getQueriesData({ queryKey })),
  showBeside: (kept) => {
    // Old at once, so that it is asked for anew.
    for (const [key, data] of kept) queries.setQueryData(key, data, { updatedAt: 0 });
  },
});

export const restoreScreen = (): Promise<void> => screen.restore();
export const keepScreen = (): void => screen.keep();
