import { body, done } from "@livefloor/api";
import type { Machine, MachineType } from "@livefloor/api/laundry";
import { queryOptions } from "@tanstack/react-query";

import { machineKey } from "../../model/machines.ts";
import { api, queries, store } from "../../model/services.ts";

type Place = Pick<Machine, "machine_type" | "machine_id">;

const pathOf = ({ machine_type, machine_id }: Place) => ({ path: { machine_type, machine_id: String(machine_id) } });

/** One machine with its code, which no frame carries. */
export function codeQuery({ machine_type, machine_id }: Place) {
  return queryOptions({
    queryKey: ["admin", "machine", machine_type, machine_id],
    queryFn: () => body(api.http.GET("/api/v1/machines/{machine_type}/{machine_id}", { params: pathOf({ machine_type, machine_id }) })),
    staleTime: 0,
  });
}

function put(machine: Machine): Machine {
  store.put("machines", machineKey(machine), machine.version, machine);
  return machine;
}

/** The machine as it stands now. Not for the store: this answer holds the code. */
export function readMachine(place: Place) {
  return queries.query(codeQuery(place));
}

export interface NewMachine {
  readonly machine_type: MachineType;
  readonly machine_id?: number;
  readonly label?: string;
  readonly location?: string;
}

export async function addMachine(machine: NewMachine, key: string): Promise<Machine> {
  return put(await body(api.http.POST("/api/v1/admin/machines", { body: machine, headers: { "Idempotency-Key": key } })));
}

export interface MachineChanges {
  readonly label?: string;
  readonly location?: string;
  readonly expected_back_at?: string | null;
}

export async function changeMachine(place: Place, changes: MachineChanges, version: number): Promise<Machine> {
  return put(await body(api.http.PATCH("/api/v1/admin/machines/{machine_type}/{machine_id}", { params: pathOf(place), body: { ...changes, version } })));
}

/** Make another code for the machine; gives the code. */
export async function renewCode(place: Place): Promise<string> {
  // The version is asked for right before: it also counts loads, and no load matters to the code.
  const { version } = await readMachine(place);
  put(await body(api.http.PATCH("/api/v1/admin/machines/{machine_type}/{machine_id}", { params: pathOf(place), body: { new_code: true, version } })));
  return (await readMachine(place)).machine_code ?? "";
}

export async function retireMachine(place: Place): Promise<void> {
  await done(api.http.DELETE("/api/v1/admin/machines/{machine_type}/{machine_id}", { params: pathOf(place) }));
}
