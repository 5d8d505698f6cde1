import type { JoinableGroup } from "@livefloor/api/coffee";
import { timeText } from "@livefloor/base/times";

import { texts } from "../../texts/guest/index.ts";

/** Whose order it is, where and when it is fetched, and how much room it has. */
export function GroupHead({ group, progress }: { readonly group: JoinableGroup; readonly progress: number }) {
  const { group_name, mode, status, station, pickup_at, closes_at, joined, max_orders } = group;
  const facts = [
    mode === "open" && texts.group.joined(joined, max_orders),
    station !== null && texts.group.station(station),
    pickup_at !== null && texts.group.pickup(timeText(pickup_at)),
    status === "open" && closes_at !== null && texts.group.closes(timeText(closes_at)),
    status !== "open" && texts.group.progress(progress),
  ].filter(Boolean);
  return (
    <div>
      {status === "open" && <p className="font-semibold text-brand">{texts.group.lead}</p>}
      <h1 className="text-2xl font-bold wrap-anywhere">{group_name}</h1>
      <p className="mt-1 text-muted">{facts.join(" · ")}</p>
    </div>
  );
}
