import { body } from "@livefloor/api";
import type { DrinkView, OptionView, paths } from "@livefloor/api/coffee";
import { keyed } from "@livefloor/base";
import { queryOptions } from "@tanstack/react-query";

import { menuQuery } from "../../model/hooks.ts";
import { api, queries } from "../../model/services.ts";

type Said<Path extends keyof paths, Verb extends "post" | "put"> = paths[Path] extends Record<Verb, { requestBody: { content: { "application/json": infer Body } } }> ? Body : never;

export type NewDrink = Said<"/api/menu/", "post">;
export type DrinkEdit = Said<"/api/menu/{menu_item_id}", "put">;
export type OptionInput = Said<"/api/menu/options", "post">;
export type Size = DrinkView["variants"][number]["size"];
export const SIZES: readonly Size[] = ["small", "regular", "large"];

const MANY = 200;

/** What recipes are made of. */
export const itemsQuery = queryOptions({
  queryKey: ["inventory", "items"],
  queryFn: async () => (await body(api.http.GET("/api/inventory/items", { params: { query: { limit: MANY } } }))).items,
});
export type Item = Awaited<ReturnType<NonNullable<(typeof itemsQuery)["queryFn"]>>>[number];

const menuAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: menuQuery.queryKey });

export async function addDrink(drink: NewDrink, key: string): Promise<DrinkView> {
  const made = await body(api.http.POST("/api/menu/", { body: drink, ...keyed(key) }));
  await menuAgain();
  return made;
}

export async function changeDrink(id: string, changes: DrinkEdit): Promise<DrinkView> {
  const now = await body(api.http.PUT("/api/menu/{menu_item_id}", { params: { path: { menu_item_id: id } }, body: changes }));
  void menuAgain();
  return now;
}

/** The drink as it stands now. */
export async function readDrink(id: string): Promise<DrinkView> {
  const { items } = await queries.query({ ...menuQuery, staleTime: 0 });
  const found = items.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

/** Add an option, or change the one of this code. */
export async function putOption(option: OptionInput): Promise<OptionView> {
  const now = await body(api.http.POST("/api/menu/options", { body: option }));
  void menuAgain();
  return now;
}

export async function readOption(code: string): Promise<OptionView> {
  const { options } = await queries.query({ ...menuQuery, staleTime: 0 });
  const found = options.find((one) => one.code === code);
  if (found === undefined) throw new Error(code);
  return found;
}
