import { Problem } from "@livefloor/api";
import { Button, Choices, Confirm, IconButton, locale, BackIcon, Notice, PlusIcon, useNow } from "@livefloor/ui";
import { useState } from "react";

import { useUser } from "../../model/hooks.ts";
import type { Plan, Shift } from "../../model/schedules.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/shifts/index.ts";
import { addDays, dayOf, nextStart, snap, type Span } from "./days.ts";
import { DayGrid, type PlanStation } from "./day-grid.tsx";
import { PlanList } from "./plan-list.tsx";
import { ShiftSheet, ShiftView, type Proposal } from "./shift-sheet.tsx";
import { useMove } from "./use-move.ts";
import { weekDays, WeekGrid } from "./week-grid.tsx";

export type View = "day" | "week";

interface ScheduleBoardProps {
  readonly plan: Plan;
  readonly day: string;
  readonly view: View;
  readonly stations: readonly PlanStation[];
  readonly isOffline: boolean;
  readonly onGo: (day: string | null, view: View) => void;
}

const HOUR = 3_600_000;
const DAY_TITLE = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
const SHORT = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
const title = (format: Intl.DateTimeFormat, day: string): string => format.format(Date.parse(`${day}T00:00Z`));

/** The plan of a day or a week: who is where, who came, and where nobody is. */
export function ScheduleBoard({ plan, day, view, stations, isOffline, onGo }: ScheduleBoardProps) {
  const role = useUser()?.role;
  const isLead = role === "admin" || role === "organizer";
  const canEdit = isLead && !isOffline;
  const [open, setOpen] = useState<Shift | Proposal | null>(null);
  const move = useMove();
  const now = useNow(60_000);
  const zone = plan.timezone;
  const today = dayOf(now, zone);
  const days = weekDays(plan);
  const openShift = open !== null && "id" in open ? (plan.schedules.find(({ id }) => id === open.id) ?? open) : null;

  const propose = (station_id: number, onDay: string, span: Span | null): void => {
    const from = snap(span?.from ?? nextStart(onDay, now, zone));
    setOpen({ station_id, from, to: span === null ? from + 4 * HOUR : Math.min(snap(span.to), from + 12 * HOUR) });
  };
  const step = view === "day" ? 1 : 7;
  const list = { plan, stations, canEdit, onOpen: setOpen };

  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <div className="flex items-center">
          <IconButton label={texts.schedule.before[view]} onClick={() => onGo(addDays(day, -step), view)}>
            <BackIcon />
          </IconButton>
          <h2 className="min-w-0 text-lg font-bold">{view === "day" ? title(DAY_TITLE, day) : `${title(SHORT, plan.week_start)} – ${title(SHORT, plan.week_end)}`}</h2>
          <IconButton label={texts.schedule.after[view]} className="-scale-x-100" onClick={() => onGo(addDays(day, step), view)}>
            <BackIcon />
          </IconButton>
        </div>
        {day !== today && (
          <Button look="quiet" onClick={() => onGo(null, view)}>
            {texts.schedule.today}
          </Button>
        )}
        <div className="grow" />
        <div className="min-w-40">
          <Choices
            legend={<span className="sr-only">{texts.schedule.view}</span>}
            layout="bar"
            value={view}
            onChange={(next) => onGo(day === today ? null : day, next)}
            choices={[
              { value: "day", label: texts.schedule.day },
              { value: "week", label: texts.schedule.week },
            ]}
          />
        </div>
        {canEdit && (
          <Button onClick={() => propose(stations[0]?.id ?? 1, view === "week" && days.includes(today) ? today : day, null)}>
            <PlusIcon className="size-5" />
            {texts.sheet.add}
          </Button>
        )}
      </div>
      {isLead && isOffline && (
        <div className="mb-3">
          <Notice tone="off">{texts.schedule.readOnly}</Notice>
        </div>
      )}
      <div className="max-md:hidden">
        {view === "day" ? (
          <DayGrid {...list} day={day} onNew={(station, span) => propose(station, day, span)} onMove={(wanted) => move.mutate(wanted)} />
        ) : (
          <WeekGrid {...list} today={today} onNew={propose} onMove={(wanted) => move.mutate(wanted)} />
        )}
        {canEdit && <p className="mt-2 text-sm text-muted">{texts.schedule.dragHint}</p>}
      </div>
      <div className="flex flex-col gap-6 md:hidden">
        {(view === "day" ? [day] : days).map((one) => (
          <section key={one}>
            {view === "week" && <h2 className="sticky top-16 z-10 -mx-3 bg-linen px-3 py-1 text-lg font-bold">{title(DAY_TITLE, one)}</h2>}
            <PlanList {...list} day={one} onNew={(station, span) => propose(station, one, span)} />
          </section>
        ))}
      </div>
      {move.error !== null && <Refused error={move.error} onAgain={() => move.mutate({ ...move.variables, allow_overlap: true })} isBusy={move.isPending} onClose={move.reset} />}
      {open !== null && !isLead && openShift !== null && <ShiftView shift={openShift} zone={zone} onClose={() => setOpen(null)} />}
      {open !== null && isLead && <ShiftSheet shift={openShift ?? open} stations={stations} zone={zone} onClose={() => setOpen(null)} />}
    </>
  );
}

interface RefusedProps {
  readonly error: Error;
  readonly isBusy: boolean;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

/** Why a shift could not be moved, and what can be done about it. */
function Refused({ error, isBusy, onAgain, onClose }: RefusedProps) {
  const isOverlap = error instanceof Problem && error.code === "shift_overlap";
  const isStale = error instanceof Problem && error.isStale;
  return (
    <Confirm title={texts.schedule.notMoved} text={isStale ? texts.schedule.stale : error.message} closeLabel={common.close} onClose={onClose}>
      {isOverlap && (
        <Button look="danger" busy={isBusy && texts.sheet.saving} onClick={onAgain}>
          {texts.sheet.allowOverlap}
        </Button>
      )}
      <Button look="quiet" onClick={onClose}>
        {texts.schedule.leave}
      </Button>
    </Confirm>
  );
}
