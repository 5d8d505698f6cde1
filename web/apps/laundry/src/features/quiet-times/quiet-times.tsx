import { body } from "@livefloor/api";
import type { MachineType } from "@livefloor/api/laundry";
import { Choices, EmptyState, locale, Notice, Skeleton, useNow } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Loaded } from "../../model/loaded.tsx";
import { TYPES } from "../../model/loading.ts";
import { api } from "../../model/services.ts";
import { texts as shared } from "../../texts/index.ts";
import { texts } from "../../texts/student/index.ts";
import { cellOf, quietest, quietestOf, type Cell, type Grid, type Stretch } from "./grid.ts";
import { dayName, hourText, QuietGrid, QuietLegend } from "./quiet-grid.tsx";

const BEST = 3;

function loadQuietTimes(type: MachineType) {
  return body(api.http.GET("/api/v1/insights/quiet-times", { params: { query: { machine_type: type } } }));
}

/** When the room is usually quiet, by type. */
export function QuietTimes() {
  const [type, setType] = useState<MachineType>("washer");
  const query = useQuery({ queryKey: ["quiet-times", type], queryFn: () => loadQuietTimes(type), refetchOnMount: "always" });
  const now = useNow(60_000);
  const { quiet } = texts;
  return (
    <>
      <div className="mb-4">
        <Choices legend={quiet.types} layout="bar" value={type} onChange={setType} choices={TYPES.map((value) => ({ value, label: shared.kinds[value].Many }))} />
      </div>
      <Loaded query={query} skeleton={<Skeleton className="h-160" />}>
        {({ grid, timezone, weeks }) =>
          grid.every((hours) => hours.every((share) => share === null)) ? (
            <EmptyState>{quiet.empty}</EmptyState>
          ) : (
            <>
              <p className="mb-3 text-sm text-muted">{quiet.text(weeks)}</p>
              <BestTimes grid={grid} now={cellOf(now, timezone)} />
              <QuietLegend />
              <QuietGrid grid={grid} now={cellOf(now, timezone)} caption={quiet.caption(shared.kinds[type].Many)} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

function hoursOf({ from, to }: Stretch): string {
  return `${hourText(from)}–${hourText(to)}`;
}

function BestTimes({ grid, now }: { readonly grid: Grid; readonly now: Cell }) {
  const { quiet } = texts;
  const best = quietest(grid, BEST).map((stretch) => quiet.bestEntry(dayName(stretch.day, "long"), hoursOf(stretch)));
  const today = quietestOf(grid, now.day, now.hour + 1);
  if (best.length === 0) return null;
  return (
    <div className="mb-4">
      <Notice tone="free">
        <p>{quiet.best(new Intl.ListFormat(locale).format(best))}</p>
        {today !== null && <p className="mt-1">{quiet.bestToday(hoursOf(today))}</p>}
      </Notice>
    </div>
  );
}
