import { body, done } from "@livefloor/api";
import type { paths, StationPage, StationView } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { queryOptions } from "@tanstack/react-query";

import { stationsQuery } from "../../model/hooks.ts";
import { api, queries } from "../../model/services.ts";

type Body<Path extends keyof paths, Verb extends "post" | "put"> = paths[Path] extends Record<Verb, { requestBody: { content: { "application/json": infer Said } } }> ? Said : never;

export type NewStation = Body<"/api/stations/", "post">;
export type StationEdit = Body<"/api/stations/{station_id}", "put">;
export type StatusChange = Body<"/api/stations/{station_id}/status", "post">;
export type Status = StationPage["status"];

const pathOf = (id: number) => ({ path: { station_id: id } });
const listAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: stationsQuery.queryKey });

export async function addStation(station: NewStation, key: string): Promise<StationView> {
  const made = await body(api.http.POST("/api/stations/", { body: station, ...keyed(key) }));
  void listAgain();
  return made;
}

export function readStation(id: number): Promise<StationPage> {
  return body(api.http.GET("/api/stations/{station_id}", { params: pathOf(id) }));
}

export async function changeStation(id: number, changes: StationEdit): Promise<StationView> {
  const now = await body(api.http.PUT("/api/stations/{station_id}", { params: pathOf(id), body: changes }));
  void listAgain();
  return now;
}

export async function deleteStation(id: number): Promise<void> {
  await done(api.http.DELETE("/api/stations/{station_id}", { params: pathOf(id) }));
  void listAgain();
}

export async function setStatus({ id, ...change }: StatusChange & { readonly id: number }, key: string) {
  const changed = await body(api.http.POST("/api/stations/{station_id}/status", { params: pathOf(id), body: change, ...keyed(key) }));
  void listAgain();
  return changed;
}

export function choicesQuery(id: number) {
  return queryOptions({ queryKey: ["settings", "station", id], queryFn: () => body(api.http.GET("/api/settings/station/{station_id}", { params: pathOf(id) })), staleTime: 0 });
}

export type Choices = Awaited<ReturnType<NonNullable<ReturnType<typeof choicesQuery>["queryFn"]>>>;

export async function changeChoices(id: number, settings: Record<string, unknown>, version: number): Promise<Choices> {
  const now = await body(api.http.POST("/api/settings/station/{station_id}", { params: pathOf(id), body: { settings, version } }));
  queries.setQueryData(choicesQuery(id).queryKey, now);
  return now;
}
