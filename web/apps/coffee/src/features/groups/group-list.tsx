import type { GroupView } from "@livefloor/api/coffee";
import { timeText } from "@livefloor/base/times";
import { Link } from "@tanstack/react-router";

import { Paged, usePages } from "../../model/loaded.tsx";
import { texts } from "../../texts/group/index.ts";
import { GROUPS, loadGroups } from "./queries.ts";

/** All groups of the event, newest first. */
export function GroupList() {
  const pages = usePages<GroupView>([...GROUPS, "list"], loadGroups);
  return (
    <Paged pages={pages} empty={texts.none}>
      {(groups) => (
        <ul className="grid gap-3 md:grid-cols-2">
          {groups.map((group) => (
            <li key={group.id}>
              <Link to="/group/$code" params={{ code: group.code }} className="block h-full rounded-tile border border-line bg-card p-4 shadow-card hover:border-edge">
                <span className="flex items-baseline justify-between gap-3">
                  <span className="min-w-0 text-lg font-bold wrap-anywhere">{group.group_name}</span>
                  <span className="font-bold tracking-widest">{group.code}</span>
                </span>
                <span className="mt-1 block text-muted">
                  <span className="font-semibold text-ink">{texts.statuses[group.status]}</span> · {factsOf(group)}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Paged>
  );
}

/** What is known of a group, in a line. */
export function factsOf({ mode, status, joined, max_orders, station_name, pickup_at, closes_at }: GroupView): string {
  const facts = [
    mode === "open" ? texts.joined(joined, max_orders) : texts.cups(joined),
    station_name,
    pickup_at !== null && texts.pickup(timeText(pickup_at)),
    status === "open" && closes_at !== null && texts.closes(timeText(closes_at)),
  ];
  return facts.filter(Boolean).join(" · ");
}
