import type { NewOrder, Operation, OrderView } from "@livefloor/api/coffee";
import type { QueuedAct } from "@livefloor/offline";

import { deedOperation, isDeed, type DeedKind } from "./deeds.ts";

/** The steps of a cup that a tablet takes, with or without a network (rule 73). */
export type Step = "start" | "put_back" | "complete" | "pick_up";
export type ActKind = Step | "create" | DeedKind;

export interface Tap {
  readonly order_id: string;
  /** As the server's clock says it. */
  readonly at: string;
  readonly number: string;
  readonly name: string;
  readonly station_id: number | null;
  readonly allergen_ack?: true;
}

export interface WalkUp {
  readonly at: string;
  /** What stands in place of a number until the server gives one: `~1`. */
  readonly provisional: string;
  readonly said: string;
  readonly order: NewOrder & { readonly client_id: string };
}

const DAY_MS = 24 * 60 * 60_000;
/** As long as the server knows an act again by its key (rule 72). */
const rule = { lifetimeMs: 2 * DAY_MS };
export const RULES: Record<ActKind, { readonly lifetimeMs: number }> = { start: rule, put_back: rule, complete: rule, pick_up: rule, create: rule, stock: rule, run_out: rule, chat: rule };

const PATHS: Record<Step, string> = { start: "start", put_back: "put-back", complete: "complete", pick_up: "pick-up" };

export function isTap(act: QueuedAct): act is QueuedAct & { readonly kind: Step; readonly input: Tap } {
  return act.kind in PATHS;
}

/** A waiting act as the server takes it in a batch. */
export function operationOf(act: QueuedAct): Operation {
  if (isTap(act)) {
    const { order_id, at, allergen_ack } = act.input;
    return { key: act.id, method: "POST", path: `/api/orders/${order_id}/${PATHS[act.kind]}`, body: allergen_ack === undefined ? {} : { allergen_ack }, occurred_at: at };
  }
  if (isDeed(act)) return deedOperation(act);
  const { order, at } = act.input as WalkUp;
  return { key: act.id, method: "POST", path: "/api/orders/", body: { ...order, created_offline_at: at } };
}

/** A cup as it is after a tap that the server has not taken yet. */
function stepped(order: OrderView, step: Step, { at, allergen_ack }: Tap, me: { readonly id: string; readonly display_name: string }): OrderView {
  switch (step) {
    case "start":
      return { ...order, status: "in_progress", started_at: at, barista_id: me.id, barista_name: me.display_name };
    case "put_back":
      return { ...order, status: "pending", started_at: null, barista_id: null, barista_name: null };
    case "complete":
      return { ...order, status: "completed", completed_at: at, allergen_ack_by: allergen_ack === undefined ? order.allergen_ack_by : me.id };
    case "pick_up":
      return { ...order, status: "picked_up", picked_up_at: at };
  }
}

/** The cups as they are with what was tapped here and has not been answered. */
export function withTaps(orders: readonly OrderView[], acts: readonly QueuedAct[], me: { readonly id: string; readonly display_name: string }): readonly OrderView[] {
  const open = acts.filter((act) => isTap(act) && (act.state === "waiting" || act.state === "sending")) as (QueuedAct & { kind: Step; input: Tap })[];
  if (open.length === 0) return orders;
  return orders.map((order) => open.filter(({ input }) => input.order_id === order.id).reduce((cup, { kind, input }) => stepped(cup, kind, input, me), order));
}

const CLASSES: Record<OrderView["priority"], number> = { remake: 0, vip: 1, normal: 2 };

/** Waiting cups in making order: by the server's places, new ones by rule 8 behind them. */
export function inMakingOrder(orders: readonly OrderView[]): readonly OrderView[] {
  const placed = (order: OrderView): number => order.position ?? Number.POSITIVE_INFINITY;
  const urgency = (order: OrderView): number => (order.attention === "restarted" ? 1 : CLASSES[order.priority]);
  return [...orders].sort(
    (one, other) =>
      (placed(one) === placed(other) ? 0 : placed(one) - placed(other)) ||
      urgency(one) - urgency(other) ||
      one.queued_at.localeCompare(other.queued_at) ||
      one.number.localeCompare(other.number),
  );
}
