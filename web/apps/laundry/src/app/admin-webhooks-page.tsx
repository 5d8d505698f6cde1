import { body, done } from "@livefloor/api";
import { keyed } from "@livefloor/base";
import { WebhookPanels, webhookTexts, type WebhookCalls } from "@livefloor/base/webhooks";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { SaveBar } from "../model/save-bar.tsx";
import { api } from "../model/services.ts";
import { AdminFrame } from "./admin-frame.tsx";

const CALLS: WebhookCalls = {
  list: () => body(api.http.GET("/api/v1/admin/webhooks")),
  events: () => body(api.http.GET("/api/v1/admin/webhooks/events")),
  get: (id) => body(api.http.GET("/api/v1/admin/webhooks/{id}", { params: { path: { id } } })),
  create: (webhook, key) => body(api.http.POST("/api/v1/admin/webhooks", { body: webhook, ...keyed(key) })),
  change: (id, change) => body(api.http.PATCH("/api/v1/admin/webhooks/{id}", { params: { path: { id } }, body: change })),
  remove: (id) => done(api.http.DELETE("/api/v1/admin/webhooks/{id}", { params: { path: { id } } })),
  rotate: (id, overlap_hours, key) => body(api.http.POST("/api/v1/admin/webhooks/{id}/secret", { params: { path: { id } }, body: { overlap_hours }, ...keyed(key) })),
  replay: (id, after, key) => body(api.http.POST("/api/v1/admin/webhooks/{id}/replay", { params: { path: { id } }, body: { after }, ...keyed(key) })),
  test: (id, key) => body(api.http.POST("/api/v1/admin/webhooks/{id}/test", { params: { path: { id } }, ...keyed(key) })),
  deliveries: (id, cursor) => body(api.http.GET("/api/v1/admin/webhooks/{id}/deliveries", { params: { path: { id }, query: cursor === null ? {} : { cursor } } })),
  delivery: (id, delivery_id) => body(api.http.GET("/api/v1/admin/webhooks/{id}/deliveries/{delivery_id}", { params: { path: { id, delivery_id } } })),
  again: (id, delivery_id, key) => body(api.http.POST("/api/v1/admin/webhooks/{id}/deliveries/{delivery_id}/replay", { params: { path: { id, delivery_id } }, ...keyed(key) })),
};

export function AdminWebhooksPage() {
  const { id = null } = useSearch({ from: "/signed-in/admin/webhooks" });
  const navigate = useNavigate();
  return (
    <AdminFrame title={webhookTexts.title} intro={webhookTexts.intro}>
      <WebhookPanels calls={CALLS} openId={id} SaveBar={SaveBar} onOpen={(next) => void navigate({ to: "/admin/webhooks", search: next === null ? {} : { id: next } })} />
    </AdminFrame>
  );
}
