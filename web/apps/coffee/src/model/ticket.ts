import type { TicketCup, TicketPage } from "@livefloor/api/coffee";

type Status = TicketCup["status"];

/** How far an order of several cups is: as far as the cup that is behind. */
export function statusOf(cups: readonly Pick<TicketCup, "status">[]): Status {
  const found = new Set(cups.map(({ status }) => status));
  found.delete("cancelled");
  if (found.size === 0) return "cancelled";
  const isOpen = found.has("pending") || found.has("scheduled") || found.has("in_progress");
  const hasBegun = found.has("in_progress") || found.has("completed") || found.has("picked_up") || found.has("uncollected");
  if (isOpen) return hasBegun ? "in_progress" : found.has("pending") ? "pending" : "scheduled";
  if (found.has("completed")) return "completed";
  return found.has("uncollected") ? "uncollected" : "picked_up";
}

/** The place of the cup that comes first; null once none waits. */
export function placeOf(cups: readonly Pick<TicketCup, "position" | "status">[]): number | null {
  const places = cups.flatMap(({ position, status }) => (status === "pending" && position !== null ? [position] : []));
  return places.length === 0 ? null : Math.min(...places);
}

const OPEN: ReadonlySet<Status> = new Set(["scheduled", "pending", "in_progress"]);

/** Whether a text may still be asked for. */
export function isOpen({ cups }: Pick<TicketPage, "cups">): boolean {
  return cups.some(({ status }) => OPEN.has(status));
}

const RATED: ReadonlySet<Status> = new Set(["completed", "picked_up", "uncollected"]);
const RATED_WITHIN_MS = 24 * 60 * 60_000;

export function isRateable({ status, completed_at }: Pick<TicketCup, "status" | "completed_at">, now: number): boolean {
  return RATED.has(status) && completed_at !== null && now - Date.parse(completed_at) < RATED_WITHIN_MS;
}
