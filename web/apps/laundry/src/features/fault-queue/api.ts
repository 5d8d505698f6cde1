import { body } from "@livefloor/api";
import type { MachineType, paths } from "@livefloor/api/laundry";

import type { Page } from "../../model/loaded.tsx";
import { api } from "../../model/services.ts";

type List = paths["/api/v1/faults/"]["get"]["responses"][200]["content"]["application/json"];
export type Fault = List["items"][number];
export type Status = Fault["status"];
export type Choice = "todo" | "resolved" | "dismissed" | "all";

export interface Filter {
  readonly choice: Choice;
  readonly machine: MachineName | null;
}

export interface MachineName {
  readonly machine_type: MachineType;
  readonly machine_id: number;
}

const PAGE = 50;
const STATUSES: Record<Choice, readonly (Status | null)[]> = { todo: ["open", "acknowledged"], resolved: ["resolved"], dismissed: ["dismissed"], all: [null] };

/** A page of the queue. The server filters by one status, "to do" is two: their pages follow each other, and the cursor says in which we are. */
export async function loadFaults(filter: Filter, cursor: string | null): Promise<Page<Fault>> {
  const statuses = STATUSES[filter.choice];
  const [place = "0", inner] = cursor?.split(" ") ?? [];
  const at = Number(place);
  const status = statuses[at];
  const query = { limit: PAGE, ...filter.machine, ...(status == null ? {} : { status }), ...(inner === undefined ? {} : { cursor: inner }) };
  const page = await body(api.http.GET("/api/v1/faults/", { params: { query } }));
  if (page.next_cursor !== null) return { items: page.items, next_cursor: `${at} ${page.next_cursor}` };
  if (at + 1 >= statuses.length) return { items: page.items, next_cursor: null };
  const rest = await loadFaults(filter, `${at + 1}`);
  return { ...rest, items: [...page.items, ...rest.items] };
}

/** One report as it is now; there is no route for a single one. Undefined when it is beyond the machine's newest. */
export async function findFault({ id, machine_type, machine_id }: Fault): Promise<Fault | undefined> {
  const { items } = await body(api.http.GET("/api/v1/faults/", { params: { query: { machine_type, machine_id, limit: 200 } } }));
  return items.find((fault) => fault.id === id);
}

export interface Handling {
  readonly id: string;
  readonly status: "acknowledged" | "resolved" | "dismissed";
  readonly note: string | null;
  readonly version: number;
}

export function handleFault({ id, ...said }: Handling): Promise<Fault> {
  return body(api.http.PATCH("/api/v1/faults/{id}", { params: { path: { id } }, body: said }));
}

export function countFaults({ machine_type, machine_id }: MachineName) {
  return body(api.http.GET("/api/v1/faults/{machine_type}/{machine_id}", { params: { path: { machine_type, machine_id: String(machine_id) } } }));
}
