import type { QueuedAct } from "@livefloor/offline";
import { expect, test } from "vitest";

import { isUnsent, unsentIn, withDeeds } from "../src/model/deeds.ts";
import type { Stock } from "../src/model/services.ts";
import { operationOf } from "../src/model/taps.ts";

const AT = "2025-03-12T00:31:00Z";
const oat = { station_id: 1, code: "milk_oat", name: "Oat milk" };
const row = (more: Partial<Stock> = {}): Stock => ({ ...oat, quantity: 3000, reserved: 500, available: 2500, status: "ok", cups_left: 12, ...more }) as Stock;

function deed(kind: string, input: object, state: QueuedAct["state"] = "waiting"): QueuedAct {
  return { id: `${kind} 1`, kind, input: { at: AT, ...input }, person: "bea", madeAt: 0, expiresAt: 1, order: 0, state };
}

test("rule 73: counts and run-outs are shown as they were tapped, until the server has answered", () => {
  const stock = [row(), row({ station_id: 2 })];
  const more = [deed("stock", { ...oat, delta: 1000 }), deed("stock", { ...oat, delta: -500 })];
  expect(withDeeds(stock, more)[0]).toMatchObject({ quantity: 3500, available: 3000 });
  expect(withDeeds(stock, more)[1]).toBe(stock[1]);
  expect(withDeeds(stock, [...more, deed("run_out", oat)])[0]).toMatchObject({ quantity: 0, available: 0, status: "out", cups_left: 0 });
  expect(withDeeds(stock, [deed("run_out", oat, "refused")])[0]).toBe(stock[0]);
  expect(isUnsent(more, 1, "milk_oat")).toBe(true);
  expect(isUnsent(more, 2, "milk_oat")).toBe(false);
});

test("a difference is restocked or adjusted, a run-out calls the runner, a message carries its own id", () => {
  expect(operationOf(deed("stock", { ...oat, delta: 1000 }))).toEqual({
    key: "stock 1",
    method: "POST",
    occurred_at: AT,
    path: "/api/inventory/station/1",
    body: { inventory: [{ code: "milk_oat", delta: 1000, reason: "restock" }] },
  });
  expect(operationOf(deed("stock", { ...oat, delta: -200 })).body).toEqual({ inventory: [{ code: "milk_oat", delta: -200, reason: "adjust" }] });
  expect(operationOf(deed("run_out", oat)).body).toEqual({ station_id: 1, code: "milk_oat", restock: true });
  const said = deed("chat", { room: "all", message: "Help", urgent: true });
  expect(operationOf(said)).toMatchObject({ path: "/api/chat/messages", body: { room: "all", message: "Help", urgent: true, client_id: "chat 1" } });
  expect(unsentIn([said], "all")).toEqual([said]);
  expect(unsentIn([said], "station_1")).toEqual([]);
});
