import { body } from "@livefloor/api";
import { queryOptions } from "@tanstack/react-query";

import { api, queries } from "../../model/services.ts";

const REFRESH_MS = 15_000;

async function getGuard() {
  return body(api.http.GET("/api/v1/admin/guard"));
}

export type Guard = Awaited<ReturnType<typeof getGuard>>;

/** How much guessing goes on; asked for again and again, because no frame tells of failures. */
export const guardQuery = queryOptions({ queryKey: ["admin", "guard"], queryFn: getGuard, staleTime: 0, refetchInterval: REFRESH_MS });

export async function setGuardMode(mode: Guard["mode"]): Promise<Guard> {
  const guard = await body(api.http.PUT("/api/v1/admin/guard", { body: { mode } }));
  queries.setQueryData(guardQuery.queryKey, guard);
  return guard;
}

export async function unlockAccount(id: string, key: string): Promise<void> {
  await body(api.http.POST("/api/v1/admin/users/{id}/unlock", { params: { path: { id } }, headers: { "Idempotency-Key": key } }));
  await queries.invalidateQueries({ queryKey: guardQuery.queryKey });
}
