import { body } from "@livefloor/api";
import type { CrewMember, UserView } from "@livefloor/api/coffee";
import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";

import { useFrames } from "./hooks.ts";
import { api, queries } from "./services.ts";

const MOST = 200;

type Person = UserView | CrewMember;

async function everybody(): Promise<readonly Person[]> {
  const found: Person[] = [];
  for (let cursor: string | null = null; ; ) {
    const { items, next_cursor }: { items: readonly Person[]; next_cursor: string | null } = await body(
      api.http.GET("/api/users/", { params: { query: { limit: MOST, ...(cursor === null ? {} : { cursor }) } } }),
    );
    found.push(...items);
    if (next_cursor === null) return found;
    cursor = next_cursor;
  }
}

/** Everybody of the crew, by name; leads see whole accounts. */
export const peopleQuery = queryOptions({ queryKey: ["people"], queryFn: everybody });

export function peopleAgain(): void {
  void queries.invalidateQueries({ queryKey: peopleQuery.queryKey });
}

const CHANGES = ["user_created", "user_updated", "barista_checked_in", "barista_checked_out"];

/** Everybody of the crew, live. */
export function usePeople(): UseQueryResult<readonly Person[]> {
  useFrames(CHANGES, peopleAgain);
  return useQuery(peopleQuery);
}

/** Names by account, live. */
export function useNames(): ReadonlyMap<string, string> {
  const { data } = usePeople();
  return useMemo(() => new Map((data ?? []).map(({ id, display_name }) => [id, display_name])), [data]);
}
