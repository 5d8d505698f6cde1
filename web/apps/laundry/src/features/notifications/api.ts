import { answer, done } from "@livefloor/api";
import { seqOf } from "@livefloor/live";

import { live } from "../../model/live.ts";
import { loadNotifications } from "../../model/loading.ts";
import { api } from "../../model/services.ts";

// Each act also comes as a frame; the load after it shows the act while the line is down.
const reload = (): Promise<number> => loadNotifications(seqOf(live.lastId));

export async function readOne(id: string): Promise<void> {
  await answer(api.http.PUT("/api/v1/notifications/{id}/read", { params: { path: { id } } }));
  await reload();
}

export async function readAll(): Promise<void> {
  await done(api.http.PUT("/api/v1/notifications/read-all"));
  await reload();
}

export async function removeOne(id: string): Promise<void> {
  await done(api.http.DELETE("/api/v1/notifications/{id}", { params: { path: { id } } }));
  await reload();
}
