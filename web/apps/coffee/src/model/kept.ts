import { keptScreen } from "@livefloor/base";

import { menuQuery, offersQuery, stationsQuery } from "./hooks.ts";
import { live } from "./live.ts";
import { drawer } from "./queue.ts";
import { clock, keeper, queries, store } from "./services.ts";

const KEPT = [menuQuery, offersQuery, stationsQuery].map(({ queryKey }) => queryKey);

const screen = keptScreen({
  pages: import.meta.url,
  keeper,
  drawer,
  live,
  clock,
  store,
  collections: ["orders", "heads", "inventory", "milks"],
  needs: "orders",
  beside: () => KEPT.map((key) => queries.getQueryData(key)),
  showBeside: (kept) => {
    for (const [place, key] of KEPT.entries()) {
      // Old at once, so that it is asked for anew.
      if (kept[place] !== undefined) queries.setQueryData(key, kept[place], { updatedAt: 0 });
    }
  },
});

export const restoreScreen = (): Promise<void> => screen.restore();
export const keepScreen = (): void => screen.keep();
