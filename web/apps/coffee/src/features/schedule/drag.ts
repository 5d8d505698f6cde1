import type { Shift } from "../../model/schedules.ts";
import { fitted, snap, spanOf, STEP, type Span } from "./days.ts";

interface At {
  readonly station_id: number;
  /** Where the pointer is, not yet in steps. */
  readonly span: Span;
  /** Far enough to be a drag and no tap. */
  readonly isMoved: boolean;
}

type State = (At & { readonly kind: "make" }) | (At & { readonly kind: "move" | "end"; readonly shift: Shift });
/** A drag under way, and what becomes of it when the pointer goes on. */
export type Drag = State & { to(x: number, y: number): Drag };

/** Where a drag would end, in steps; null for one that changes nothing. */
export function dropped(drag: State): { readonly station_id: number; readonly span: Span } | null {
  const { station_id, span, isMoved } = drag;
  if (!isMoved) return null;
  if (drag.kind === "make") return { station_id, span: fitted(span) };
  const { from, to } = spanOf(drag.shift);
  // A shift that begins at an odd minute keeps it: it moves by whole steps.
  const by = (moved: number, was: number): number => was + snap(moved - was);
  const next = drag.kind === "end" ? { from, to: Math.max(by(span.to, to), from + STEP) } : { from: by(span.from, from), to: by(span.to, to) };
  return next.from === from && next.to === to && station_id === drag.shift.station_id ? null : { station_id, span: next };
}

const SLACK_PX = 6;
const END_PX = 16;

/** A new shift, drawn on the free place of a station. */
export function makeFrom(lane: HTMLElement, station_id: number, x: number): Drag {
  const start = momentAt(lane, x);
  return followed({ kind: "make", station_id, span: { from: start, to: start }, isMoved: false }, { lane, x, y: 0, at: start });
}

/** A shift that is taken as a whole, or by its end. */
export function moveFrom(button: HTMLElement, shift: Shift, x: number, y: number): Drag {
  const lane = button.closest<HTMLElement>("[data-station]") ?? button;
  const kind = x > button.getBoundingClientRect().right - END_PX ? "end" : "move";
  return followed({ kind, shift, station_id: shift.station_id, span: spanOf(shift), isMoved: false }, { lane, x, y, at: momentAt(lane, x) });
}

/** Where the pointer went down, and at what time of the lane. */
interface Grip {
  readonly lane: HTMLElement;
  readonly x: number;
  readonly y: number;
  readonly at: number;
}

function momentAt(lane: HTMLElement, x: number): number {
  const { left, width } = lane.getBoundingClientRect();
  const [from, to] = [Number(lane.dataset.from), Number(lane.dataset.to)];
  return from + ((x - left) / width) * (to - from);
}

function stationAt(x: number, y: number): number | undefined {
  const lane = document.elementsFromPoint(x, y).find((one): one is HTMLElement => one instanceof HTMLElement && one.dataset.station !== undefined);
  return lane === undefined ? undefined : Number(lane.dataset.station);
}

function followed(state: State, grip: Grip): Drag {
  return {
    ...state,
    to: (x, y) => {
      const isMoved = state.isMoved || Math.abs(x - grip.x) > SLACK_PX || (state.kind === "move" && Math.abs(y - grip.y) > SLACK_PX);
      const at = momentAt(grip.lane, x);
      if (state.kind === "make") return followed({ ...state, isMoved, span: { from: grip.at, to: at } }, grip);
      const { from, to } = spanOf(state.shift);
      const by = at - grip.at;
      if (state.kind === "end") return followed({ ...state, isMoved, span: { from, to: to + by } }, grip);
      return followed({ ...state, isMoved, station_id: stationAt(x, y) ?? state.station_id, span: { from: from + by, to: to + by } }, grip);
    },
  };
}
