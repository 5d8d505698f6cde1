import { timeText } from "@livefloor/base/times";
import { EmptyState, Notice } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { dayOf, mondayOf } from "../features/schedule/days.ts";
import { ScheduleBoard } from "../features/schedule/schedule-board.tsx";
import { stationsQuery, useFloor, useIsOffline } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { useAllStations, usePlan } from "../model/schedules.ts";
import { clock } from "../model/services.ts";
import { texts } from "../texts/shifts/index.ts";

/** The plan of the crew: organisers make it, everybody reads it. */
export function SchedulePage() {
  useFloor(null);
  useAllStations();
  const { day, view = "day" } = useSearch({ from: "/signed-in/schedule" });
  const navigate = useNavigate();
  const thisWeek = usePlan(null);
  const start = day === undefined ? null : mondayOf(day);
  const isThis = start === null || start === thisWeek.data?.week_start;
  const other = usePlan(isThis ? null : start);
  const query = isThis ? thisWeek : other;
  const stations = useQuery(stationsQuery).data?.filter(({ kind }) => kind === "service");
  const isOffline = useIsOffline() || query.data?.keptAt != null;
  return (
    <>
      <h1 className="mb-2 text-2xl font-extrabold">{texts.schedule.title}</h1>
      <Loaded query={query}>
        {(plan) => (
          <>
            {plan.keptAt !== null && (
              <div className="mb-3">
                <Notice tone="off">{texts.schedule.copy(timeText(plan.keptAt))}</Notice>
              </div>
            )}
            {stations?.length === 0 && <EmptyState>{texts.schedule.noStations}</EmptyState>}
            <ScheduleBoard
              plan={plan}
              day={day ?? dayOf(clock.now(), plan.timezone)}
              view={view}
              stations={stations ?? named(plan.schedules)}
              isOffline={isOffline}
              onGo={(next, nextView) => void navigate({ to: "/schedule", search: { ...(next === null ? {} : { day: next }), ...(nextView === "day" ? {} : { view: nextView }) }, replace: true })}
            />
          </>
        )}
      </Loaded>
    </>
  );
}

/** The stations that the shifts name, where the list of all is not there. */
function named(shifts: readonly { readonly station_id: number; readonly station_name: string }[]) {
  return [...new Map(shifts.map(({ station_id, station_name }) => [station_id, { id: station_id, name: station_name }])).values()];
}
