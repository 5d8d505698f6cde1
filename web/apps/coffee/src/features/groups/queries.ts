import { body } from "@livefloor/api";
import type { GroupPage, GroupView, OrderView } from "@livefloor/api/coffee";
import { queryOptions } from "@tanstack/react-query";

import { api, queries } from "../../model/services.ts";

export const GROUPS = ["groups"];
/** What changes how a group stands. */
export const GROUP_FRAMES = ["group_order_created", "group_order_updated", "order_created", "order_updated"];

/** A group as the crew is told of it. */
export interface CrewGroup extends GroupPage {
  readonly group_order: GroupView;
  readonly orders: OrderView[];
}

export const groupQuery = (code: string) =>
  queryOptions({
    queryKey: [...GROUPS, code],
    queryFn: async () => (await body(api.http.GET("/api/group-orders/by-code/{code}", { params: { path: { code } } }))) as CrewGroup,
  });

export const loadGroups = (cursor: string | null) => body(api.http.GET("/api/group-orders/", { params: { query: { limit: 30, ...(cursor === null ? {} : { cursor }) } } }));

/** Ask for groups anew. */
export const askGroups = (): void => void queries.invalidateQueries({ queryKey: GROUPS });
