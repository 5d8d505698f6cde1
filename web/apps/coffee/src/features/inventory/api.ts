import { body, done, Problem } from "@livefloor/api";
import type { ItemView, LineConflict, paths, RestockView, StationSync } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { queryOptions } from "@tanstack/react-query";

import { api, queries } from "../../model/services.ts";
import { loadStock, putStock } from "../../model/stock.ts";

const MOST = 200;

type Posted<Path extends keyof paths> = paths[Path] extends { post: { requestBody?: { content: { "application/json": infer Body } } } } ? Body : never;
export type Line = Posted<"/api/inventory/station/{station_id}">["inventory"][number];
export type NewItem = Posted<"/api/inventory/items">;
export type ItemEdit = paths["/api/inventory/items/{item_id}"]["put"]["requestBody"]["content"]["application/json"];
export type Sync = NonNullable<Posted<"/api/inventory/sync">>;
export type Field = NonNullable<Sync["fields"]>[number];
export type Transfer = Posted<"/api/inventory/transfer">;

// -- what is asked for -------------------------------------------------------------------------------------------------

const RESTOCK = ["restock"];

/** What stations ask for and nobody has brought, urgent first, then the oldest. */
export const restockQuery = queryOptions({
  queryKey: RESTOCK,
  queryFn: async (): Promise<readonly RestockView[]> => {
    const found = await Promise.all((["open", "accepted"] as const).map((status) => body(api.http.GET("/api/inventory/restock-requests", { params: { query: { status, limit: MOST } } }))));
    return found.flatMap(({ items }) => items).sort((one, other) => other.urgency.localeCompare(one.urgency) || one.created_at.localeCompare(other.created_at));
  },
});

export const restockAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: RESTOCK });

const of = (id: string, key: string) => ({ params: { path: { request_id: id } }, ...keyed(key) });

/** Whatever the answer: somebody else may have been faster. */
async function settle<Result>(act: Promise<Result>): Promise<Result> {
  try {
    return await act;
  } finally {
    void restockAgain();
  }
}

export const accept = (id: string, key: string) => settle(body(api.http.POST("/api/inventory/restock-requests/{request_id}/accept", of(id, key))));
export const drop = (id: string, key: string) => settle(body(api.http.POST("/api/inventory/restock-requests/{request_id}/cancel", of(id, key))));

export interface Delivered {
  readonly request: RestockView;
  readonly quantity: number;
  /** A station, or null for new stock. */
  readonly from: number | null;
}

export async function deliver({ request, quantity, from }: Delivered, key: string): Promise<void> {
  await settle(done(api.http.POST("/api/inventory/restock-requests/{request_id}/deliver", { ...of(request.id, key), body: { quantity, from_station_id: from } })));
  await Promise.all([request.station_id, ...(from === null ? [] : [from])].map(loadStock));
  void overviewAgain();
}

export async function askFor(request: Posted<"/api/inventory/restock-requests">, key: string): Promise<void> {
  await settle(done(api.http.POST("/api/inventory/restock-requests", { body: request, ...keyed(key) })));
}

// -- what is there -----------------------------------------------------------------------------------------------------

const OVERVIEW = ["stock", "overview"];
export const overviewQuery = queryOptions({ queryKey: OVERVIEW, queryFn: () => body(api.http.GET("/api/inventory/")), refetchOnMount: "always" });
export const overviewAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: OVERVIEW }, { cancelRefetch: false });

export const stockQuery = (station: number) => queryOptions({ queryKey: ["stock", "station", station], queryFn: () => loadStock(station), refetchOnMount: "always" });

export async function saveLines({ station, lines }: { readonly station: number; readonly lines: readonly Line[] }, key: string): Promise<number> {
  const saved = await body(api.http.POST("/api/inventory/station/{station_id}", { params: { path: { station_id: station } }, body: { inventory: [...lines] }, ...keyed(key) }));
  putStock(station, saved.inventory, saved.seq);
  void overviewAgain();
  return saved.applied;
}

/** The lines that somebody else counted meanwhile, when that is why a count was refused. */
export function conflictsOf(error: Error | null): readonly LineConflict[] | null {
  if (!(error instanceof Problem) || !error.isStale || !Array.isArray(error.details.conflicts)) return null;
  return error.details.conflicts as readonly LineConflict[];
}

export async function transfer(input: Transfer, key: string): Promise<void> {
  const { from_station, to_station } = await body(api.http.POST("/api/inventory/transfer", { body: input, ...keyed(key) }));
  await Promise.all([from_station.station_id, to_station.station_id].map(loadStock));
  void overviewAgain();
}

/** How much is free of what a station was asked for too much of. */
export function freeOf(error: Error | null): ReadonlyMap<string, number> {
  const missing = error instanceof Problem && error.code === "insufficient_stock" ? error.details.missing : [];
  return new Map((missing as readonly { readonly code: string; readonly available: number }[]).map(({ code, available }) => [code, available]));
}

// -- the catalogue and the books ---------------------------------------------------------------------------------------

const ITEMS = ["items"];
export const itemsQuery = queryOptions({
  queryKey: ITEMS,
  queryFn: async (): Promise<readonly ItemView[]> => (await body(api.http.GET("/api/inventory/items", { params: { query: { enabled: true, limit: MOST } } }))).items,
});

export const itemsAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: ITEMS });

export async function addItem(item: NewItem, key: string): Promise<ItemView> {
  const made = await body(api.http.POST("/api/inventory/items", { body: item, ...keyed(key) }));
  void itemsAgain();
  return made;
}

export async function changeItem(id: string, change: ItemEdit): Promise<ItemView> {
  const changed = await body(api.http.PUT("/api/inventory/items/{item_id}", { params: { path: { item_id: id } }, body: change }));
  void itemsAgain();
  return changed;
}

export async function reloadItem(id: string): Promise<ItemView | undefined> {
  await itemsAgain();
  return queries.getQueryData(itemsQuery.queryKey)?.find((item) => item.id === id);
}

export async function removeItem(id: string): Promise<void> {
  await done(api.http.DELETE("/api/inventory/items/{item_id}", { params: { path: { item_id: id } } }));
  void itemsAgain();
}

export async function sync(input: Sync, key: string): Promise<readonly StationSync[]> {
  const { stations } = await body(api.http.POST("/api/inventory/sync", { body: input, ...keyed(key) }));
  if (input.dry_run !== true) void queries.invalidateQueries({ queryKey: ["stock"] });
  return stations;
}

export const isEmpty = ({ added, changed, reserved_fixed, ledger_difference }: StationSync): boolean => added.length + changed.length + reserved_fixed.length + ledger_difference.length === 0;

export interface MovementFilter {
  readonly station: number | null;
  readonly item: string;
  readonly kind: MovementKind | "";
}

export const KINDS = ["deplete", "count", "restock", "waste", "transfer_in", "transfer_out", "run_out", "undo", "adjust"] as const;
export type MovementKind = (typeof KINDS)[number];

export function listMovements({ station, item, kind }: MovementFilter, cursor: string | null) {
  const query = { ...(station === null ? {} : { station_id: station }), ...(item === "" ? {} : { item_id: item }), ...(kind === "" ? {} : { kind }), ...(cursor === null ? {} : { cursor }) };
  return body(api.http.GET("/api/inventory/movements", { params: { query } }));
}
