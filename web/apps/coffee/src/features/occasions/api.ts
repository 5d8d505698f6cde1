import { body } from "@livefloor/api";
import type { paths } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";

import { occasionsQuery, type Occasion } from "../../model/occasion.ts";
import { api, queries } from "../../model/services.ts";

export type NewOccasion = paths["/api/events/"]["post"]["requestBody"]["content"]["application/json"];

const again = (): Promise<void> => queries.invalidateQueries({ queryKey: occasionsQuery.queryKey });

export async function addOccasion(occasion: NewOccasion, key: string): Promise<Occasion> {
  const made = await body(api.http.POST("/api/events/", { body: occasion, ...keyed(key) }));
  await again();
  return made;
}

export async function activate(id: string, key: string): Promise<Occasion> {
  const active = await body(api.http.POST("/api/events/{event_id}/activate", { params: { path: { event_id: id } }, ...keyed(key) }));
  await again();
  return active;
}

export async function close({ id, force }: { readonly id: string; readonly force: boolean }, key: string): Promise<Occasion> {
  const closed = await body(api.http.POST("/api/events/{event_id}/close", { params: { path: { event_id: id } }, body: { force }, ...keyed(key) }));
  await again();
  return closed;
}
