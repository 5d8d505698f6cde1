import { body, done } from "@livefloor/api";
import { keyed } from "@livefloor/base";
import { WebhookPanels, webhookTexts, type WebhookCalls } from "@livefloor/base/webhooks";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { SaveBar } from "../model/save-bar.tsx";
import { api } from "../model/services.ts";

const CALLS: WebhookCalls = {
  list: () => body(api.http.GET("/api/webhooks")),
  events: () => body(api.http.GET("/api/webhooks/events")),
  get: (id) => body(api.http.GET("/api/webhooks/{id}", { params: { path: { id } } })),
  create: (webhook, key) => body(api.http.POST("/api/webhooks", { body: webhook, ...keyed(key) })),
  change: (id, change) => body(api.http.PATCH("/api/webhooks/{id}", { params: { path: { id } }, body: change })),
  remove: (id) => done(api.http.DELETE("/api/webhooks/{id}", { params: { path: { id } } })),
  rotate: (id, overlap_hours, key) => body(api.http.POST("/api/webhooks/{id}/secret", { params: { path: { id } }, body: { overlap_hours }, ...keyed(key) })),
  replay: (id, after, key) => body(api.http.POST("/api/webhooks/{id}/replay", { params: { path: { id } }, body: { after }, ...keyed(key) })),
  test: (id, key) => body(api.http.POST("/api/webhooks/{id}/test", { params: { path: { id } }, ...keyed(key) })),
  deliveries: (id, cursor) => body(api.http.GET("/api/webhooks/{id}/deliveries", { params: { path: { id }, query: cursor === null ? {} : { cursor } } })),
  delivery: (id, delivery_id) => body(api.http.GET("/api/webhooks/{id}/deliveries/{delivery_id}", { params: { path: { id, delivery_id } } })),
  again: (id, delivery_id, key) => body(api.http.POST("/api/webhooks/{id}/deliveries/{delivery_id}/replay", { params: { path: { id, delivery_id } }, ...keyed(key) })),
};

/** Who outside is told what happens. */
export function WebhooksPage() {
  const { id = null } = useSearch({ from: "/signed-in/webhooks" });
  const navigate = useNavigate();
  return (
    <>
      <h1 className="text-2xl font-extrabold">{webhookTexts.title}</h1>
      <p className="mt-1 mb-5 text-muted">{webhookTexts.intro}</p>
      <WebhookPanels calls={CALLS} openId={id} SaveBar={SaveBar} onOpen={(next) => void navigate({ to: "/webhooks", search: next === null ? {} : { id: next } })} />
    </>
  );
}
