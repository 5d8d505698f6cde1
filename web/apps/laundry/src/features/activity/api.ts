import { body } from "@livefloor/api";
import type { MachineType, paths } from "@livefloor/api/laundry";

import { api } from "../../model/services.ts";

export type ActivityPage = paths["/api/v1/activities/"]["get"]["responses"][200]["content"]["application/json"];
export type Activity = ActivityPage["items"][number];
export type ActivityType = Activity["activity_type"];

export interface ActivityFilter {
  readonly activity_type: ActivityType | null;
  readonly machine_type: MachineType | null;
  readonly machine_id: number | null;
}

export function loadActivities(filter: ActivityFilter, cursor: string | null) {
  return body(api.http.GET("/api/v1/activities/", { params: { query: { ...filter, cursor, limit: 30 } } }));
}

export function loadActivitiesOf(id: string, cursor: string | null) {
  return body(api.http.GET("/api/v1/activities/user/{id}", { params: { path: { id }, query: { cursor, limit: 15 } } }));
}
