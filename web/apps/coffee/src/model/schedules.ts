import { body, Problem } from "@livefloor/api";
import type { ShiftView, WeekPlan } from "@livefloor/api/coffee";
import { setTimeZone } from "@livefloor/base/times";
import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";

import { stationsQuery, useFrames, useUser } from "./hooks.ts";
import { live } from "./live.ts";
import { api, clock, keeper, queries } from "./services.ts";

export type Shift = ShiftView;

/** The shifts of a week, and what they leave open. */
export interface Plan extends WeekPlan {
  /** Since when it is known, where the server could not be asked; null for an answer of now. */
  readonly keptAt: number | null;
}

interface Copy {
  readonly person: string | undefined;
  readonly at: number;
  readonly plan: WeekPlan;
}

const RETRY_MS = 5_000;
/** The copy for times without a server (rule 77): of this week, which has today in it. */
const COPY = "schedules_today";
const EVENTS = ["schedule_created", "schedule_updated", "schedule_deleted", "barista_checked_in", "barista_checked_out"];

function keep(plan: WeekPlan): void {
  const copy: Copy = { person: keeper.read()?.user.id, at: clock.now(), plan };
  try {
    localStorage.setItem(COPY, JSON.stringify(copy));
  } catch {
    // A full storage: the next visit without a network has nothing to show.
  }
}

function kept(): Plan | null {
  try {
    const copy = JSON.parse(localStorage.getItem(COPY) ?? "null") as Copy | null;
    return copy?.person === keeper.read()?.user.id && copy !== null ? { ...copy.plan, keptAt: copy.at } : null;
  } catch {
    return null;
  }
}

async function load(start: string | null): Promise<Plan> {
  try {
    const plan = await body(api.http.GET("/api/schedules/week", { params: { query: start === null ? {} : { start } } }));
    setTimeZone(plan.timezone);
    if (start === null) keep(plan);
    return { ...plan, keptAt: null };
  } catch (error) {
    const copy = error instanceof Problem && error.isOffline ? kept() : null;
    if (copy === null || (start !== null && start !== copy.week_start)) throw error;
    setTimeZone(copy.timezone);
    return copy;
  }
}

/** The plan of the week that starts on a Monday, or of this one. */
export const planQuery = (start: string | null) =>
  queryOptions({
    queryKey: ["schedules", start],
    queryFn: () => load(start),
    refetchInterval: ({ state }) => (state.status === "error" || state.data?.keptAt != null ? RETRY_MS : false),
    refetchOnMount: "always",
  });

/** The plan of a week, live. */
export function usePlan(start: string | null): UseQueryResult<Plan> {
  useFrames(EVENTS, () => void queries.invalidateQueries({ queryKey: ["schedules"] }));
  return useQuery(planQuery(start));
}

/** Hear of shifts at all stations: organisers do so anyway. */
export function useAllStations(): void {
  const role = useUser()?.role;
  const ids = useQuery(stationsQuery).data?.map(({ id }) => id).join(" ") ?? "";
  useEffect(() => {
    if (role === "admin" || role === "organizer" || ids === "") return undefined;
    const stations = ids.split(" ").map(Number);
    for (const id of stations) void live.join(id);
    return () => stations.forEach((id) => live.leave(id));
  }, [role, ids]);
}
