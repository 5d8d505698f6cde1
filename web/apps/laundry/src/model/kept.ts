import { keptScreen } from "@livefloor/base";
import type { Meta } from "@livefloor/api/laundry";

import { live } from "./live.ts";
import { drawer } from "./queue.ts";
import { clock, keeper, queries, store } from "./services.ts";
import { setTimeZone } from "./times.ts";

const screen = keptScreen({
  pages: import.meta.url,
  keeper,
  drawer,
  live,
  clock,
  store,
  collections: ["machines", "waitlists", "notifications", "counters"],
  needs: "machines",
  beside: () => queries.getQueryData<Meta>(["meta"]),
  showBeside: (meta) => {
    if (meta === undefined) return;
    setTimeZone(meta.timezone);
    // Old at once, so that it is asked for anew.
    queries.setQueryData(["meta"], meta, { updatedAt: 0 });
  },
});

export const restoreScreen = (): Promise<void> => screen.restore();
export const keepScreen = (): void => screen.keep();
