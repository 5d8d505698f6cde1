import { cx, useNow } from "@livefloor/ui";
import { useRef, useState } from "react";

import type { Plan, Shift } from "../../model/schedules.ts";
import { texts } from "../../texts/shifts/index.ts";
import { boundsOf, clockOf, gapsOf, hoursOf, rowsOf, spanOf, ticksOf, touches, type Span } from "./days.ts";
import { Gap } from "./gap.tsx";
import { dropped, makeFrom, moveFrom, type Drag } from "./drag.ts";
import { LOOKS, MARKS, stateText } from "./state.ts";
import type { Move } from "./use-move.ts";

export interface PlanStation {
  readonly id: number;
  readonly name: string;
}

interface DayGridProps {
  readonly plan: Plan;
  readonly day: string;
  readonly stations: readonly PlanStation[];
  readonly canEdit: boolean;
  readonly onOpen: (shift: Shift) => void;
  readonly onNew: (station: number, span: Span) => void;
  readonly onMove: (move: Move) => void;
}

const ROW = 3.25;

/** A day, station by station: drag on a free place for a new shift, a shift to another time or station, its end to another end. */
export function DayGrid({ plan, day, stations, canEdit, onOpen, onNew, onMove }: DayGridProps) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const hours = hoursOf(plan, day);
  const bounds = boundsOf(day, plan.timezone);
  const now = useNow(60_000);
  // A drag ends with a click on what was dragged, which is no wish to open it.
  const wasDragged = useRef(false);
  const begin = (next: Drag): void => {
    wasDragged.current = false;
    setDrag(next);
  };
  const finish = (): void => {
    const result = drag === null ? null : dropped(drag);
    setDrag(null);
    if (result === null || drag === null) return;
    wasDragged.current = true;
    if (drag.kind === "make") onNew(result.station_id, result.span);
    else onMove({ shift: drag.shift, ...result });
  };
  return (
    <div
      className="overflow-x-auto rounded-tile border border-line bg-card"
      onPointerMove={(event) => drag !== null && setDrag(drag.to(event.clientX, event.clientY))}
      onPointerUp={finish}
      onPointerCancel={() => setDrag(null)}
      onKeyDown={() => {
        wasDragged.current = false;
      }}
    >
      <div className="min-w-3xl">
        <Hours hours={hours} zone={plan.timezone} />
        {stations.map((station) => (
          <Lane
            key={station.id}
            station={station}
            shifts={plan.schedules.filter((shift) => shift.station_id === station.id && shift.status !== "cancelled" && touches(spanOf(shift), bounds))}
            gaps={gapsOf(plan, station.id, bounds)}
            hours={hours}
            zone={plan.timezone}
            now={now}
            drag={drag}
            canEdit={canEdit}
            onDrag={begin}
            onOpen={(shift) => {
              if (!wasDragged.current) onOpen(shift);
            }}
            onNew={onNew}
          />
        ))}
      </div>
    </div>
  );
}

const placeOf = ({ from, to }: Span, hours: Span): { left: string; width: string } => {
  const share = (moment: number): number => ((Math.min(Math.max(moment, hours.from), hours.to) - hours.from) / (hours.to - hours.from)) * 100;
  return { left: `${share(from)}%`, width: `${share(to) - share(from)}%` };
};

function Hours({ hours, zone }: { readonly hours: Span; readonly zone: string }) {
  return (
    <div aria-hidden="true" className="flex border-b border-line text-xs text-muted">
      <span className="w-28 shrink-0" />
      <span className="relative mr-8 h-7 flex-1">
        {ticksOf(hours).map((tick) => (
          <span key={tick} style={{ left: placeOf({ from: tick, to: tick }, hours).left }} className="absolute top-1.5 -translate-x-1/2">
            {clockOf(tick, zone)}
          </span>
        ))}
      </span>
    </div>
  );
}

interface LaneProps extends Pick<DayGridProps, "canEdit" | "onOpen" | "onNew"> {
  readonly station: PlanStation;
  readonly shifts: readonly Shift[];
  readonly gaps: readonly Span[];
  readonly hours: Span;
  readonly zone: string;
  readonly now: number;
  readonly drag: Drag | null;
  readonly onDrag: (drag: Drag) => void;
}

function Lane({ station, shifts, gaps, hours, zone, now, drag, canEdit, onDrag, onOpen, onNew }: LaneProps) {
  const rows = rowsOf(shifts, spanOf);
  const height = Math.max(1, ...rows.map(({ row }) => row + 1)) + (gaps.length > 0 ? 1 : 0);
  const ghost = drag === null ? null : dropped(drag);
  return (
    <section aria-label={station.name} className="flex border-b border-line last:border-b-0">
      <h3 className="w-28 shrink-0 px-3 py-3 font-bold wrap-anywhere">{station.name}</h3>
      <div
        data-station={station.id}
        data-from={hours.from}
        data-to={hours.to}
        style={{ height: `${height * ROW + 0.5}rem` }}
        className={cx("relative mr-8 flex-1 touch-pan-y bg-[linear-gradient(to_right,var(--color-line)_1px,transparent_1px)] select-none", canEdit && "cursor-crosshair")}
        onPointerDown={(event) => {
          if (!canEdit || event.button !== 0 || event.target !== event.currentTarget) return;
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          onDrag(makeFrom(event.currentTarget, station.id, event.clientX));
        }}
      >
        {ticksOf(hours).map((tick) => (
          <span key={tick} aria-hidden="true" style={{ left: placeOf({ from: tick, to: tick }, hours).left }} className="pointer-events-none absolute inset-y-0 border-l border-line" />
        ))}
        {now >= hours.from && now <= hours.to && <span aria-hidden="true" style={{ left: placeOf({ from: now, to: now }, hours).left }} className="pointer-events-none absolute inset-y-0 border-l-2 border-danger" />}
        <ul>
          {rows.map(({ item, row }) => (
            <li key={item.id} style={{ ...placeOf(spanOf(item), hours), top: `${row * ROW + 0.25}rem` }} className={cx("absolute h-12 px-px", drag?.kind !== "make" && drag?.shift.id === item.id && "opacity-40")}>
              <button
                type="button"
                aria-label={texts.schedule.shiftName(item.user_name, clockOf(item.starts_at, zone), clockOf(item.ends_at, zone), stateText(item))}
                className={cx("block size-full touch-pan-y overflow-hidden rounded-xl border-2 px-2 text-left leading-tight", LOOKS[item.status], canEdit && "cursor-grab")}
                onPointerDown={(event) => {
                  if (!canEdit || event.button !== 0) return;
                  event.currentTarget.setPointerCapture(event.pointerId);
                  onDrag(moveFrom(event.currentTarget, item, event.clientX, event.clientY));
                }}
                onClick={() => onOpen(item)}
              >
                <span className="block truncate text-sm leading-tight font-bold">
                  <span aria-hidden="true">{MARKS[item.status]} </span>
                  {item.user_name}
                </span>
                <span className="block truncate text-xs leading-tight">
                  {clockOf(item.starts_at, zone)}–{clockOf(item.ends_at, zone)} · {stateText(item)}
                </span>
              </button>
            </li>
          ))}
          {gaps.map((gap) => (
            <li key={gap.from} style={{ ...placeOf(gap, hours), top: `${(height - 1) * ROW + 0.25}rem` }} className="absolute h-12 px-px">
              <Gap gap={gap} zone={zone} canEdit={canEdit} onNew={() => onNew(station.id, gap)} />
            </li>
          ))}
        </ul>
        {ghost?.station_id === station.id && (
          <span aria-hidden="true" style={{ ...placeOf(ghost.span, hours), top: "0.25rem" }} className="pointer-events-none absolute z-20 flex h-12 items-center overflow-hidden rounded-xl border-2 border-brand bg-brand-soft/80 px-2 text-sm font-bold text-brand-strong">
            {clockOf(ghost.span.from, zone)}–{clockOf(ghost.span.to, zone)}
          </span>
        )}
      </div>
    </section>
  );
}
