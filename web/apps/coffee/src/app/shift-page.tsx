import { timeText } from "@livefloor/base/times";
import { Notice } from "@livefloor/ui";

import { addDays } from "../features/schedule/days.ts";
import { OwnShift } from "../features/shift/own-shift.tsx";
import { useFloor, useUser } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { usePlan } from "../model/schedules.ts";
import { texts } from "../texts/shifts/index.ts";

/** The own shift, on the own phone. */
export function ShiftPage() {
  useFloor(useUser()?.station_id ?? null);
  const week = usePlan(null);
  // On a Sunday the next shift may be one of the week to come.
  const next = usePlan(week.data === undefined ? null : addDays(week.data.week_start, 7));
  return (
    <div className="mx-auto w-full max-w-lg">
      <h1 className="mb-3 text-2xl font-extrabold">{texts.shift.title}</h1>
      <Loaded query={week}>
        {(plan) => (
          <>
            {plan.keptAt !== null && (
              <div className="mb-3">
                <Notice tone="off">{texts.schedule.copy(timeText(plan.keptAt))}</Notice>
              </div>
            )}
            <OwnShift all={[...plan.schedules, ...(next.data?.week_start === plan.week_start ? [] : (next.data?.schedules ?? []))]} />
          </>
        )}
      </Loaded>
    </div>
  );
}
