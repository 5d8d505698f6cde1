import { body } from "@livefloor/api";
import type { MachineType } from "@livefloor/api/laundry";
import { queryOptions } from "@tanstack/react-query";

import { api, queries } from "../../model/services.ts";

async function listProgrammes() {
  return (await body(api.http.GET("/api/v1/admin/categories"))).items;
}

export type Programme = Awaited<ReturnType<typeof listProgrammes>>[number];
export type ProgrammeEdit = Pick<Programme, "label" | "minutes" | "enabled" | "sort">;

export const programmesQuery = queryOptions({ queryKey: ["admin", "categories"], queryFn: listProgrammes, staleTime: 0 });

/** Add or change a programme; what people can choose follows at once. */
export async function setProgramme({ machine_type, code, ...edit }: ProgrammeEdit & { readonly machine_type: MachineType; readonly code: string }): Promise<Programme> {
  const programme = await body(api.http.PUT("/api/v1/admin/categories/{machine_type}/{code}", { params: { path: { machine_type, code } }, body: edit }));
  await queries.invalidateQueries({ queryKey: programmesQuery.queryKey });
  void queries.invalidateQueries({ queryKey: ["meta"] });
  return programme;
}
