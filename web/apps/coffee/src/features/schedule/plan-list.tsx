import { Button, cx, EmptyState, PlusIcon } from "@livefloor/ui";

import type { Plan, Shift } from "../../model/schedules.ts";
import { texts } from "../../texts/shifts/index.ts";
import { boundsOf, clockOf, gapsOf, spanOf, touches, type Span } from "./days.ts";
import type { PlanStation } from "./day-grid.tsx";
import { Gap } from "./gap.tsx";
import { LOOKS, MARKS, stateText } from "./state.ts";

interface PlanListProps {
  readonly plan: Plan;
  readonly day: string;
  readonly stations: readonly PlanStation[];
  readonly canEdit: boolean;
  readonly onOpen: (shift: Shift) => void;
  readonly onNew: (station: number, span: Span | null) => void;
}

/** A day as a list, for narrow screens: station by station, shifts and gaps in order. */
export function PlanList({ plan, day, stations, canEdit, onOpen, onNew }: PlanListProps) {
  const bounds = boundsOf(day, plan.timezone);
  return (
    <div className="flex flex-col gap-4">
      {stations.map(({ id, name }) => {
        const shifts = plan.schedules.filter((shift) => shift.station_id === id && shift.status !== "cancelled" && touches(spanOf(shift), bounds));
        const gaps = gapsOf(plan, id, bounds);
        return (
          <section key={id} aria-label={name}>
            <div className="mb-1 flex items-center justify-between gap-2">
              <h3 className="font-bold">{name}</h3>
              {canEdit && (
                <Button look="quiet" className="px-3" aria-label={texts.schedule.addAt(name)} onClick={() => onNew(id, null)}>
                  <PlusIcon className="size-5" />
                </Button>
              )}
            </div>
            {shifts.length === 0 && gaps.length === 0 && <EmptyState>{texts.schedule.noShift}</EmptyState>}
            <ul className="flex flex-col gap-2">
              {gaps.map((gap) => (
                <li key={gap.from} className="min-h-12">
                  <Gap gap={gap} zone={plan.timezone} canEdit={canEdit} onNew={() => onNew(id, gap)} />
                </li>
              ))}
              {shifts.map((shift) => (
                <li key={shift.id}>
                  <ShiftRow shift={shift} zone={plan.timezone} onOpen={() => onOpen(shift)} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function ShiftRow({ shift, zone, onOpen }: { readonly shift: Shift; readonly zone: string; readonly onOpen: () => void }) {
  return (
    <button type="button" onClick={onOpen} className={cx("flex min-h-12 w-full items-center gap-3 rounded-xl border-2 px-3 py-1.5 text-left", LOOKS[shift.status])}>
      <span aria-hidden="true" className="w-5 shrink-0 text-center font-bold">
        {MARKS[shift.status]}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block font-bold wrap-anywhere">{shift.user_name}</span>
        <span className="block text-sm">{stateText(shift)}</span>
      </span>
      <span className="shrink-0 font-semibold">
        {clockOf(shift.starts_at, zone)}–{clockOf(shift.ends_at, zone)}
      </span>
    </button>
  );
}
