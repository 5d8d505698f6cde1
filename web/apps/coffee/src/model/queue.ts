import { body, Problem, traceOf } from "@livefloor/api";
import type { ChatMessage, InventoryRow, Operation, OrderView, SavedInventory } from "@livefloor/api/coffee";
import { mount, refusal, waitMs } from "@livefloor/base";
import { seqOf, type Change } from "@livefloor/live";
import { ActQueue, openDrawer, type ActOutcome, type QueuedAct } from "@livefloor/offline";
import { toast } from "@livefloor/ui";
import { useSyncExternalStore } from "react";

import { texts } from "../texts/index.ts";
import { addMessage } from "./chat.ts";
import { isDeed } from "./deeds.ts";
import { stockKey } from "./frames.ts";
import { live } from "./live.ts";
import { api, keeper, lifeSigns, queries, store } from "./services.ts";
import { isShiftAct, SHIFT_RULES, shiftOperation } from "./shift-acts.ts";
import { isTap, operationOf, RULES } from "./taps.ts";

export const drawer = openDrawer(`livefloor-coffee ${mount}`);

const FRESH_MS = 10_000;
const OPEN = new Set([401, 408, 425, 429]);

interface Refused {
  readonly code?: string;
  readonly detail?: string;
  readonly [field: string]: unknown;
}

const DEVICE = "livefloor-coffee device";

/** Which device this is, to the server; made once. */
function deviceId(): string {
  const kept = localStorage.getItem(DEVICE);
  if (kept !== null) return kept;
  const made = crypto.getRandomValues(new Uint32Array(2)).join("-");
  localStorage.setItem(DEVICE, made);
  return made;
}

export function putOrder(order: OrderView): void {
  store.put("orders", order.id, order.version, order);
}

/** Change rows of the stock until the event of the same change comes, which is later in the log. */
function amendStock(station: number, rows: readonly (Partial<InventoryRow> & Pick<InventoryRow, "code">)[]): void {
  const seq = seqOf(live.lastId);
  store.apply(rows.map((fields): Change => ({ kind: "amend", collection: "inventory", id: stockKey(station, fields.code), seq, fields })));
}

/** What an answer tells is shown before the act that it answers leaves the queue. */
function showAnswer(act: QueuedAct, answer: unknown): void {
  if (isShiftAct(act)) {
    void queries.invalidateQueries({ queryKey: ["schedules"] });
    return;
  }
  if (isDeed(act)) {
    if (act.kind === "chat") addMessage(answer as ChatMessage);
    else if (act.kind === "stock") amendStock(act.input.station_id, (answer as SavedInventory).inventory);
    // Its answer tells of the cups alone.
    else amendStock(act.input.station_id, [{ code: act.input.code, quantity: 0, available: 0, status: "out" }]);
    return;
  }
  const { order, orders } = (answer ?? {}) as { order?: OrderView; orders?: readonly OrderView[] };
  if (orders !== undefined) orders.forEach(putOrder);
  else if (order !== undefined) putOrder(order);
  else if (isTap(act)) putOrder(answer as OrderView);
}

function outcomeOf(act: QueuedAct, status: number, answer: unknown): ActOutcome {
  if (status < 400) {
    showAnswer(act, answer);
    return { state: "done" };
  }
  const said = (answer ?? {}) as Refused;
  if (status >= 500 || OPEN.has(status) || said.code === "in_progress") return { state: "waiting" };
  const problem = new Problem(status, said.code ?? "", said.detail ?? "", said);
  const reason = texts.problems[problem.code]?.(said) ?? problem.message;
  // Whoever has just tapped looks at the screen; what was tapped without a network needs a decision.
  const about = isTap(act) ? act.input.number : isDeed(act) && act.kind !== "chat" ? act.input.name : null;
  if (about !== null && Date.now() - act.madeAt < FRESH_MS) {
    toast(`${about}: ${reason}`, "bad");
    return { state: "done" };
  }
  return { state: "refused", reason, details: said };
}

function asOperation(act: QueuedAct): Operation {
  return { ...(isShiftAct(act) ? shiftOperation(act) : operationOf(act)), traceparent: traceOf(act.id) };
}

async function sendTogether(acts: readonly QueuedAct[]): Promise<readonly ActOutcome[]> {
  const { results } = await body(api.http.POST("/api/sync/batch", { body: { device_id: deviceId(), operations: acts.map(asOperation) } }));
  const found = new Map(results.map((result) => [result.key, result]));
  return acts.map((act) => {
    const result = found.get(act.id);
    return result === undefined ? { state: "waiting" } : outcomeOf(act, result.status, result.body);
  });
}

export const queue = new ActQueue({ drawer, rules: { ...RULES, ...SHIFT_RULES }, person: () => keeper.read()?.user.id ?? null, sendTogether, refusal, waitMs });

keeper.subscribe(() => void queue.personChanged());
const sendWaiting = (): void => {
  if (queue.isWaiting) void queue.send();
};
lifeSigns.add(sendWaiting);
live.subscribe(() => {
  if (live.status().line === "live") sendWaiting();
});

/** What this person did that the server has not taken yet, or has refused. */
export function useQueued(): readonly QueuedAct[] {
  return useSyncExternalStore(queue.subscribe, queue.acts);
}
