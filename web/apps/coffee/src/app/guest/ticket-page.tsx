import type { TicketPage as Ticket } from "@livefloor/api/coffee";
import { timeText } from "@livefloor/base/times";
import { buttonClass, ConnectionDot, say, Skeleton, useNow } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { CancelCups } from "../../features/ticket/cancel-cups.tsx";
import { ReadyText } from "../../features/ticket/ready-text.tsx";
import { TicketView } from "../../features/ticket/ticket-view.tsx";
import { Loaded } from "../../model/guest-loaded.tsx";
import { dropOrder, publicMenuQuery } from "../../model/guest.ts";
import { isUnknown, useTicket } from "../../model/ticket-line.ts";
import { statusOf } from "../../model/ticket.ts";
import { texts } from "../../texts/guest/index.ts";
import { GuestFrame, GuestNotFound } from "./guest-frame.tsx";
import { Stale, staleness } from "./stale.tsx";

const OVER = new Set(["picked_up", "cancelled", "uncollected"]);

/** The own order: where it stands, live. */
export function TicketPage({ token }: { readonly token: string }) {
  const { query, isLive } = useTicket(token);
  useSpoken(query.data);
  if (isUnknown(query.error)) return <GuestNotFound />;
  const title = query.data === undefined ? texts.loading : `${query.data.number} ${texts.ticket.said[statusOf(query.data.cups)]}`;
  return (
    <GuestFrame title={title}>
      <Stale query={query} />
      <Loaded query={query} skeleton={<Skeleton className="h-96" />}>
        {(ticket) => <Shown token={token} ticket={ticket} isLive={isLive} asOf={staleness(query) === null ? null : query.dataUpdatedAt} />}
      </Loaded>
    </GuestFrame>
  );
}

interface ShownProps {
  readonly token: string;
  readonly ticket: Ticket;
  readonly isLive: boolean;
  /** How old this is where the server does not answer. */
  readonly asOf: number | null;
}

function Shown({ token, ticket, isLive, asOf }: ShownProps) {
  const now = useNow(60_000);
  const status = statusOf(ticket.cups);
  const isOver = OVER.has(status);
  // Once: what can be had now is of no interest here, but how it is called, and the way back to it.
  const { data: menu } = useQuery({ ...publicMenuQuery, refetchInterval: false, refetchOnWindowFocus: false });
  const nameOf = (code: string): string => [...(menu?.milks ?? []), ...(menu?.options ?? [])].find((one) => one.code === code)?.name ?? code;
  useEffect(() => {
    if (isOver) dropOrder(token);
  }, [isOver, token]);
  return (
    <>
      <TicketView token={token} ticket={ticket} nameOf={nameOf} now={now} line={!isOver && <LineState isLive={isLive} asOf={asOf} />} />
      <ReadyText token={token} ticket={ticket} />
      {ticket.cups.some(({ can_cancel }) => can_cancel) && <CancelCups token={token} number={ticket.number} />}
      {isOver && menu !== undefined && (
        <a href={`menu/${menu.event_code}`} className={buttonClass("soft")}>
          {texts.ticket.again}
        </a>
      )}
    </>
  );
}

function LineState({ isLive, asOf }: Pick<ShownProps, "isLive" | "asOf">) {
  if (isLive) return <ConnectionDot tone="live" word={texts.ticket.live} className="text-sm" />;
  if (asOf !== null) return <ConnectionDot tone="off" word={texts.ticket.asOf(timeText(asOf))} className="text-sm" />;
  return <ConnectionDot tone="waiting" word={texts.ticket.polling} className="text-sm" />;
}

/** Say a new state: nobody looks at the phone all the time. */
function useSpoken(ticket: Ticket | undefined): void {
  const heard = useRef<string | null>(null);
  const status = ticket === undefined ? null : statusOf(ticket.cups);
  useEffect(() => {
    if (ticket === undefined || status === null) return;
    if (heard.current !== null && heard.current !== status) {
      const isReady = status === "completed";
      say(isReady && ticket.station !== null ? texts.ticket.readyAt(ticket.number, ticket.station.name) : texts.ticket.said[status]);
      if (isReady && "vibrate" in navigator) navigator.vibrate([200, 100, 200]);
    }
    heard.current = status;
  }, [status, ticket]);
}
