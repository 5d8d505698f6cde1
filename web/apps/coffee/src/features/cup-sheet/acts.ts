import { body } from "@livefloor/api";
import type { CupChange, OrderView, paths } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";

import { putOrder, queue } from "../../model/queue.ts";
import { api, store } from "../../model/services.ts";
import { isTap } from "../../model/taps.ts";

type Body<Path extends "cancel" | "remake" | "move" | "priority"> = NonNullable<paths[`/api/orders/{order_id}/${Path}`]["post"]["requestBody"]>["content"]["application/json"];

export type Cancelling = NonNullable<Body<"cancel">>;
export type Fault = NonNullable<Body<"remake">>["reason"];
export type Moving = NonNullable<Body<"move">>;

/** What can be done with one cup besides making it. */
export type CupAct =
  | { readonly kind: "move"; readonly move: Moving }
  | { readonly kind: "edit"; readonly change: CupChange }
  | { readonly kind: "priority"; readonly priority: "normal" | "vip" }
  | { readonly kind: "cancel"; readonly cancel: Cancelling }
  | { readonly kind: "remake"; readonly reason: Fault };

export interface Doing {
  readonly order: OrderView;
  readonly act: CupAct;
}

/** Do it, by the version that was looked at; own taps on the cup go first. Gives the cup as it is then, or the new one. */
export async function doWith({ order, act }: Doing, key: string): Promise<OrderView> {
  const at = { params: { path: { order_id: order.id } }, ...keyed(key) };
  const isTapped = queue.acts().some((tap) => isTap(tap) && tap.input.order_id === order.id && tap.state !== "refused");
  if (isTapped) await queue.send();
  const version = (isTapped ? store.get("orders", order.id)?.version : undefined) ?? order.version;
  const ask = (): Promise<OrderView> => {
    switch (act.kind) {
      case "move":
        return body(api.http.POST("/api/orders/{order_id}/move", { ...at, body: { ...act.move, version } }));
      case "edit":
        return body(api.http.PUT("/api/orders/{order_id}", { ...at, body: { ...act.change, version } }));
      case "priority":
        return body(api.http.POST("/api/orders/{order_id}/priority", { ...at, body: { priority: act.priority, version } }));
      case "cancel":
        return body(api.http.POST("/api/orders/{order_id}/cancel", { ...at, body: { ...act.cancel, version } }));
      case "remake":
        return body(api.http.POST("/api/orders/{order_id}/remake", { ...at, body: { reason: act.reason } }));
    }
  };
  const after = await ask();
  putOrder(after);
  return after;
}

/** Print the label of a cup by the browser. */
export async function printLabel(order: OrderView): Promise<void> {
  const call = api.http.GET("/api/orders/{order_id}/label", { params: { path: { order_id: order.id }, query: { format: "html" } }, parseAs: "text" });
  const page = await body(call as Promise<{ data?: string; error?: unknown; response: Response }>);
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.srcdoc = page;
  frame.onload = () => {
    frame.contentWindow?.print();
    setTimeout(() => frame.remove(), 60_000);
  };
  document.body.append(frame);
}
