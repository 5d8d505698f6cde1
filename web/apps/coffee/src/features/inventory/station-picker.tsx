import { whenText } from "@livefloor/base/times";
import { cx, useNow } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import { texts } from "../../texts/stock/index.ts";

const { stations: words } = texts;

interface StationStock {
  readonly station_id: number;
  readonly name: string;
  readonly low: number;
  readonly critical: number;
  readonly out: number;
  readonly soonest_runs_out_at: string | null;
}

/** How every station is off; one of them is shown below. */
export function StationPicker({ stations, shown }: { readonly stations: readonly StationStock[]; readonly shown: number | undefined }) {
  const now = useNow(60_000);
  return (
    <nav aria-label={words.title}>
      <ul className="grid grid-cols-2 gap-2 md:grid-cols-3 xl:grid-cols-5">
        {stations.map(({ station_id, name, low, critical, out, soonest_runs_out_at: soonest }) => (
          <li key={station_id}>
            <Link
              to="/inventory"
              search={{ station: station_id }}
              aria-current={station_id === shown ? "page" : undefined}
              className={cx("flex h-full min-h-12 flex-col rounded-2xl border px-3 py-2 hover:border-edge", station_id === shown ? "border-brand bg-brand-soft" : "border-line bg-card")}
            >
              <b className="leading-tight">{name}</b>
              <span className={cx("text-sm", out + critical > 0 ? "font-semibold text-danger" : low > 0 ? "font-semibold text-held" : "text-muted")}>{words.state(low, critical, out)}</span>
              {soonest !== null && <span className="text-sm text-muted">{words.soonest(whenText(soonest, now))}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
