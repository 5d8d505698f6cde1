import { Button, cx, locale, PlusIcon } from "@livefloor/ui";
import { useState } from "react";

import type { Plan, Shift } from "../../model/schedules.ts";
import { texts } from "../../texts/shifts/index.ts";
import { addDays, boundsOf, clockOf, dayOf, gapsOf, spanOf, touches, type Span } from "./days.ts";
import type { PlanStation } from "./day-grid.tsx";
import { Gap } from "./gap.tsx";
import { LOOKS, MARKS, stateText } from "./state.ts";
import type { Move } from "./use-move.ts";

interface WeekGridProps {
  readonly plan: Plan;
  readonly stations: readonly PlanStation[];
  readonly today: string;
  readonly canEdit: boolean;
  readonly onOpen: (shift: Shift) => void;
  readonly onNew: (station: number, day: string, span: Span | null) => void;
  readonly onMove: (move: Move) => void;
}

const HEAD = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

export const weekDays = (plan: Pick<Plan, "week_start">): readonly string[] => Array.from({ length: 7 }, (_, day) => addDays(plan.week_start, day));

/** The same time of another day: the clock there stands as it stood. */
function onDay({ from, to }: Span, day: string, zone: string): Span {
  const start = from + boundsOf(day, zone).from - boundsOf(dayOf(from, zone), zone).from;
  return { from: start, to: start + to - from };
}

/** A week, station by day; a shift can be drawn to another cell. */
export function WeekGrid({ plan, stations, today, canEdit, onOpen, onNew, onMove }: WeekGridProps) {
  const [dragged, setDragged] = useState<Shift | null>(null);
  const [over, setOver] = useState("");
  const days = weekDays(plan);
  const drop = (station_id: number, day: string): void => {
    setOver("");
    if (dragged === null) return;
    const span = onDay(spanOf(dragged), day, plan.timezone);
    if (station_id !== dragged.station_id || span.from !== spanOf(dragged).from) onMove({ shift: dragged, station_id, span });
  };
  return (
    <div className="overflow-x-auto rounded-tile border border-line bg-card">
      <table className="w-full min-w-4xl table-fixed border-collapse text-left">
        <caption className="sr-only">{texts.schedule.week}</caption>
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className="w-24 px-3 py-2 text-sm text-muted">
              {texts.schedule.station}
            </th>
            {days.map((day) => (
              <th key={day} scope="col" aria-current={day === today ? "date" : undefined} className={cx("px-2 py-2 text-sm font-semibold", day === today ? "text-brand-strong" : "text-muted")}>
                {HEAD.format(Date.parse(`${day}T00:00Z`))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {stations.map(({ id, name }) => (
            <tr key={id} className="border-b border-line last:border-b-0">
              <th scope="row" className="px-3 py-2 align-top wrap-anywhere">
                {name}
              </th>
              {days.map((day) => {
                const bounds = boundsOf(day, plan.timezone);
                const shifts = plan.schedules.filter((shift) => shift.station_id === id && shift.status !== "cancelled" && touches(spanOf(shift), bounds));
                const cell = `${id} ${day}`;
                return (
                  <td
                    key={day}
                    className={cx("border-l border-line p-1 align-top", over === cell && "bg-brand-soft")}
                    onDragOver={(event) => {
                      if (dragged === null) return;
                      event.preventDefault();
                      setOver(cell);
                    }}
                    onDrop={(event) => {
                      event.preventDefault();
                      drop(id, day);
                    }}
                  >
                    <ul className="flex flex-col gap-1">
                      {gapsOf(plan, id, bounds).map((gap) => (
                        <li key={gap.from}>
                          <Gap gap={gap} zone={plan.timezone} canEdit={canEdit} onNew={() => onNew(id, day, gap)} />
                        </li>
                      ))}
                      {shifts.map((shift) => (
                        <li key={shift.id}>
                          <button
                            type="button"
                            draggable={canEdit}
                            aria-label={texts.schedule.shiftName(shift.user_name, clockOf(shift.starts_at, plan.timezone), clockOf(shift.ends_at, plan.timezone), stateText(shift))}
                            className={cx("block min-h-12 w-full rounded-xl border-2 px-1.5 py-1 text-left leading-tight", LOOKS[shift.status], canEdit && "cursor-grab")}
                            onDragStart={() => setDragged(shift)}
                            onDragEnd={() => {
                              setDragged(null);
                              setOver("");
                            }}
                            onClick={() => onOpen(shift)}
                          >
                            <span className="block truncate text-sm font-bold">
                              <span aria-hidden="true">{MARKS[shift.status]} </span>
                              {shift.user_name}
                            </span>
                            <span className="block text-xs">
                              {clockOf(shift.starts_at, plan.timezone)}–{clockOf(shift.ends_at, plan.timezone)}
                            </span>
                          </button>
                        </li>
                      ))}
                      {canEdit && (
                        <li>
                          <Button look="quiet" className="w-full border-transparent text-muted" aria-label={texts.schedule.addOn(name, HEAD.format(Date.parse(`${day}T00:00Z`)))} onClick={() => onNew(id, day, null)}>
                            <PlusIcon className="size-5" />
                          </Button>
                        </li>
                      )}
                    </ul>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
