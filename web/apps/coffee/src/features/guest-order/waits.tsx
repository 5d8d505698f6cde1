import type { PublicMenu } from "@livefloor/api/coffee";
import { EmptyState } from "@livefloor/ui";

import { texts } from "../../texts/guest/index.ts";

/** The open stations, the shortest wait first. */
export function Waits({ stations }: { readonly stations: PublicMenu["stations"] }) {
  if (stations.length === 0) return <EmptyState>{texts.menu.noStation}</EmptyState>;
  return (
    <section aria-label={texts.menu.waits}>
      <ul className="flex flex-col gap-1 rounded-2xl border border-line bg-card px-4 py-2">
        {[...stations]
          .sort((one, other) => one.minutes - other.minutes)
          .map(({ id, name, location, minutes }) => (
            <li key={id} className="flex min-h-9 items-baseline gap-3 text-base">
              <span className="min-w-0 flex-1">
                <span className="font-semibold">{name}</span>
                {location !== "" && <span className="text-sm text-muted"> · {location}</span>}
              </span>
              <span className="font-semibold whitespace-nowrap">{texts.minutes(minutes)}</span>
            </li>
          ))}
      </ul>
    </section>
  );
}
