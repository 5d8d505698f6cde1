import { body } from "@livefloor/api";
import { queryOptions } from "@tanstack/react-query";

import { api, queries } from "../../model/services.ts";

export async function getSettings() {
  return body(api.http.GET("/api/v1/admin/settings"));
}

export type Settings = Awaited<ReturnType<typeof getSettings>>;
export type SettingKey = Exclude<keyof Settings, "version">;
export type SettingChanges = Partial<Pick<Settings, SettingKey>>;

/** All settings; looked up anew on each visit, because no frame tells of them. */
export const settingsQuery = queryOptions({ queryKey: ["admin", "settings"], queryFn: getSettings, staleTime: 0 });

/** Change some settings. The room's own description follows, and with it all pages. */
export async function changeSettings(changes: SettingChanges, version: number): Promise<Settings> {
  const settings = await body(api.http.PATCH("/api/v1/admin/settings", { body: { ...changes, version } }));
  queries.setQueryData(settingsQuery.queryKey, settings);
  void queries.invalidateQueries({ queryKey: ["meta"] });
  return settings;
}
