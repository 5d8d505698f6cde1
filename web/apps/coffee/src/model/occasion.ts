import { body } from "@livefloor/api";
import { queryOptions, useQuery } from "@tanstack/react-query";

import { useFrames } from "./hooks.ts";
import { api, queries } from "./services.ts";

const MOST = 200;

async function load() {
  return (await body(api.http.GET("/api/events/", { params: { query: { limit: MOST } } }))).items;
}

export type Occasion = Awaited<ReturnType<typeof load>>[number];

/** The events at which coffee is served, the latest first; only leads may see them. */
export const occasionsQuery = queryOptions({ queryKey: ["occasions"], queryFn: load });

/** The event that runs, live. Undefined while there is none, or it is not known. */
export function useOccasion(): Occasion | undefined {
  useFrames(["event_updated"], () => void queries.invalidateQueries({ queryKey: occasionsQuery.queryKey }));
  return useQuery(occasionsQuery).data?.find(({ status }) => status === "active");
}
