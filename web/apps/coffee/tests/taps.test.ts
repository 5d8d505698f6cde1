import type { MilkColor, OrderView } from "@livefloor/api/coffee";
import type { QueuedAct } from "@livefloor/offline";
import { expect, test } from "vitest";

import { withMilks } from "../src/model/milks.ts";
import { inMakingOrder, operationOf, withTaps } from "../src/model/taps.ts";

const me = { id: "bea", display_name: "Bea Holm" };
const AT = "2025-03-12T00:31:00Z";

const cup = (id: string, more: Partial<OrderView> = {}): OrderView => ({ id, number: id, status: "pending", priority: "normal", attention: null, position: null, queued_at: AT, started_at: null, completed_at: null, ...more }) as OrderView;

function tap(kind: string, order_id: string, more: object = {}, state: QueuedAct["state"] = "waiting"): QueuedAct {
  return { id: `${kind} ${order_id}`, kind, input: { order_id, at: AT, number: order_id, name: "Mina", station_id: 1, ...more }, person: "bea", madeAt: 0, expiresAt: 1, order: 0, state };
}

test("a cup is shown as it was tapped, step by step, until the server has answered", () => {
  const orders = [cup("A1"), cup("A2")];
  const shown = withTaps(orders, [tap("start", "A1"), tap("complete", "A1", { allergen_ack: true }), tap("start", "A2", {}, "refused")], me);
  expect(shown[0]).toMatchObject({ status: "completed", barista_name: "Bea Holm", started_at: AT, completed_at: AT, allergen_ack_by: "bea" });
  expect(shown[1]).toBe(orders[1]);
  expect(withTaps(orders, [], me)).toBe(orders);
});

test("rule 75: an operation says when it was tapped; rule 22: and that wand and jug were clean", () => {
  expect(operationOf(tap("pick_up", "A1"))).toEqual({ key: "pick_up A1", method: "POST", path: "/api/orders/A1/pick-up", body: {}, occurred_at: AT });
  expect(operationOf(tap("complete", "A1", { allergen_ack: true })).body).toEqual({ allergen_ack: true });
});

test("rule 8: remakes, then VIP and restarted, then by the time of the order; the server's places come first", () => {
  const later = "2025-03-12T00:32:00Z";
  const waiting = [cup("A1", { queued_at: later }), cup("A2"), cup("A3", { priority: "vip", queued_at: later }), cup("A4", { priority: "remake", queued_at: later }), cup("A5", { attention: "restarted" })];
  expect(inMakingOrder(waiting).map(({ id }) => id)).toEqual(["A4", "A5", "A3", "A2", "A1"]);
  expect(inMakingOrder([cup("A1", { position: 2 }), cup("A2", { position: 1 }), cup("A3", { priority: "vip" })]).map(({ id }) => id)).toEqual(["A2", "A1", "A3"]);
});

test("rule 21: a cup shows its milk as it looks now, not as it looked when the cup was ordered", () => {
  const old = { code: "oat", letter: "O", color: "#d9a441", text_color: "#000000", pattern: "stripe" as const };
  const oat = { ...old, color: "#8d6e63", text_color: "#ffffff", pattern: "ring", name: "Oat", enabled: true } as MilkColor;
  const shown = withMilks([cup("A1", { milk: old }), cup("A2", { milk: null })], [oat]);
  expect(shown[0]?.milk).toEqual({ ...old, color: "#8d6e63", text_color: "#ffffff", pattern: "ring" });
  expect(shown[1]?.milk).toBeNull();
});
