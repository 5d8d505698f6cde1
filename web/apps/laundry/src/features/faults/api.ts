import { body } from "@livefloor/api";
import type { MachineType } from "@livefloor/api/laundry";

import { api } from "../../model/services.ts";

export type Fault = Awaited<ReturnType<typeof loadFaultsOf>>["items"][number];
export type FaultKind = Fault["kind"];

export function loadFaultsOf(machine_type: MachineType, machine_id: number) {
  return body(api.http.GET("/api/v1/faults/", { params: { query: { machine_type, machine_id, limit: 5 } } }));
}

export function loadOwnFaults(cursor: string | null) {
  return body(api.http.GET("/api/v1/faults/", { params: { query: { mine: true, cursor, limit: 10 } } }));
}
