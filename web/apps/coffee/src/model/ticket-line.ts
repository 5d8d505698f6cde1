import { body, Problem } from "@livefloor/api";
import type { TicketPage } from "@livefloor/api/coffee";
import { base } from "@livefloor/base";
import { useLine } from "@livefloor/live";
import { SocketIoConnection, tellWindow } from "@livefloor/live/socketio";
import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api, clock, queries } from "./guest.ts";
import { dropTicket, keepTicket, keepTicketPage, keptTicket } from "./kept-ticket.ts";

const POLL_MS = 10_000;
/** Places change with every cup before one's own: the minutes follow them at this pace. */
const PLACES_MS = 20_000;

const load = (token: string): Promise<TicketPage> => body(api.http.GET("/api/public/orders/{token}", { params: { path: { token } } }));

export const ticketQuery = (token: string) =>
  queryOptions({
    queryKey: ["ticket", token],
    queryFn: () => load(token),
    initialData: () => keptTicket(token)?.page,
    initialDataUpdatedAt: () => keptTicket(token)?.at,
    staleTime: 0,
    retry: (count, error) => !isUnknown(error) && count < 1,
  });

export function isUnknown(error: unknown): boolean {
  return error instanceof Problem && error.status === 404;
}

interface Places {
  readonly positions: Readonly<Record<string, { readonly position: number; readonly eta_at: string }>>;
}

/** The line of one ticket: told of its own cups alone. */
function lineOf(token: string): SocketIoConnection {
  const key = ticketQuery(token).queryKey;
  let places: ReturnType<typeof setTimeout> | undefined;
  const ask = (): void => void queries.invalidateQueries({ queryKey: key });
  return new SocketIoConnection({
    base,
    clock,
    token: () => token,
    tokenName: () => "order_token",
    // There is no other token: the line comes back as long as there is such an order.
    renew: () =>
      load(token).then(
        () => true,
        (error: unknown) => !isUnknown(error),
      ),
    onFrame: (frame) => {
      tellWindow(frame);
      if (frame.event !== "queue_eta") {
        ask();
        return;
      }
      const { positions } = frame.data as Places;
      queries.setQueryData(key, (page) => page && { ...page, cups: page.cups.map((cup) => ({ ...cup, ...positions[cup.id] })) });
      places ??= setTimeout(() => {
        places = undefined;
        ask();
      }, PLACES_MS);
    },
    onResync: async () => {
      const page = await load(token);
      queries.setQueryData(key, page);
      return `${page.seq}.0`;
    },
  });
}

/** The own order, live; without a line asked for every ten seconds. */
export function useTicket(token: string): { readonly query: UseQueryResult<TicketPage>; readonly isLive: boolean } {
  const [line] = useState(() => lineOf(token));
  const isLive = useLine(line).line === "live";
  const query = useQuery({ ...ticketQuery(token), refetchInterval: ({ state }) => (isLive || isUnknown(state.error) ? false : POLL_MS), refetchOnWindowFocus: "always" });
  const { data, dataUpdatedAt } = query;
  const isGone = isUnknown(query.error);
  useEffect(keepTicketPage, []);
  useEffect(() => {
    if (isGone) dropTicket();
    else if (data !== undefined) keepTicket({ token, at: dataUpdatedAt, page: data });
  }, [data, dataUpdatedAt, isGone, token]);
  const isKnown = data !== undefined;
  useEffect(() => {
    if (!isKnown) return undefined;
    line.start(`${queries.getQueryData(ticketQuery(token).queryKey)?.seq ?? 0}.0`);
    return () => line.stop();
  }, [isKnown, line, token]);
  return { query, isLive };
}
