import type { ChatMessage, ChatReader, StationPage } from "@livefloor/api/coffee";
import { whenText } from "@livefloor/base/times";
import { newKey } from "@livefloor/api";
import { Button, ClockIcon, cx, EmptyState, ScrollEnd, useNow } from "@livefloor/ui";
import { useEffect, useEffectEvent, useRef, type ReactNode } from "react";

import { markRead, mayRead, useRoom, type Room } from "../../model/chat.ts";
import { unsentIn } from "../../model/deeds.ts";
import { useUser } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { queue, useQueued } from "../../model/queue.ts";
import { texts } from "../../texts/crew/index.ts";

const { chat: words } = texts;
const MINUTE_MS = 60_000;

/** What was said in a room, oldest first, and below what waits to be sent. */
export function MessageList({ room, stations }: { readonly room: Room; readonly stations: readonly StationPage[] }) {
  const query = useRoom(room);
  const queued = unsentIn(useQueued(), room);
  const me = useUser()?.id;
  const now = useNow(MINUTE_MS);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  // What was said is often heard back before its answer comes.
  const unsent = queued.filter(({ id }) => !items.some(({ client_id }) => client_id === id));
  const [newest] = items;
  useSeen(room, newest);
  const readers = query.data?.pages[0]?.readers ?? [];
  const stationName = (id: number | null): string | null => (id === null ? null : (stations.find((one) => one.id === id)?.name ?? null));
  return (
    <Loaded query={query}>
      {() => (
        <div className="flex flex-1 flex-col justify-end gap-2">
          {query.hasNextPage && (
            <Button look="soft" className="self-center" busy={query.isFetchingNextPage && words.loading} onClick={() => void query.fetchNextPage()}>
              {words.older}
            </Button>
          )}
          {items.length === 0 && unsent.length === 0 && mayRead(room) && <EmptyState>{words.none}</EmptyState>}
          <div role="log" aria-label={words.title}>
            <ol className="flex flex-col gap-2">
              {[...items].reverse().map((message) => {
                const isMine = message.sender.id === me;
                return (
                  <Line
                    key={message.id}
                    isMine={isMine}
                    urgent={message.urgent}
                    who={isMine ? words.you : words.from(message.sender.name, stationName(message.sender.station_id))}
                    when={whenText(message.at, now)}
                    text={message.message}
                  >
                    {isMine && mayRead(room) && readText(message, readers)}
                  </Line>
                );
              })}
              {unsent.map(({ id, kind, input, madeAt, state, reason }) => (
                <Line key={id} isMine urgent={input.urgent} who={words.you} when={whenText(madeAt, now)} text={input.message}>
                  {state === "waiting" || state === "sending" ? (
                    <>
                      <ClockIcon className="inline size-5 align-text-bottom" /> {words.unsent}
                    </>
                  ) : (
                    <>
                      {words.refused}
                      {reason !== undefined && `: ${reason}`}
                      <span className="mt-1 flex flex-wrap gap-2">
                        <Button look="soft" onClick={() => void queue.add(kind, input, newKey()).then(() => queue.drop(id))}>
                          {words.again}
                        </Button>
                        <Button look="quiet" onClick={() => void queue.drop(id)}>
                          {words.drop}
                        </Button>
                      </span>
                    </>
                  )}
                </Line>
              ))}
            </ol>
          </div>
          <ScrollEnd on={`${newest?.id ?? ""} ${unsent.length}`} className="scroll-mb-80 md:scroll-mb-56" />
        </div>
      )}
    </Loaded>
  );
}

/** Who has read a message: everybody who has read it or a later one. */
function readText(message: ChatMessage, readers: readonly ChatReader[]): string {
  const names = readers.filter(({ id, last_read_id }) => id !== message.sender.id && last_read_id >= message.id).map(({ name }) => name);
  return names.length === 0 ? words.sent : words.readBy(names.join(", "));
}

/** What is on the screen of somebody who looks counts as read. */
function useSeen(room: Room, newest: ChatMessage | undefined): void {
  const seen = useRef("");
  const look = useEffectEvent(() => {
    if (newest === undefined || newest.id <= seen.current || document.visibilityState !== "visible") return;
    const before = seen.current;
    seen.current = newest.id;
    markRead(room, newest).catch(() => {
      seen.current = before;
    });
  });
  const now = useNow(10_000);
  useEffect(() => look(), [newest?.id, now]);
}

interface LineProps {
  readonly isMine: boolean;
  readonly urgent: boolean;
  readonly who: string;
  readonly when: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Line({ isMine, urgent, who, when, text, children }: LineProps) {
  return (
    <li className={cx("max-w-[85%] rounded-tile border-2 px-4 py-2", isMine ? "self-end bg-brand-soft" : "self-start bg-card", urgent ? "border-danger" : "border-line")}>
      <p className="text-base text-muted">
        <b className="text-ink">{who}</b> · {when}
        {urgent && <b className="text-danger"> · {words.urgent}</b>}
      </p>
      <p className="text-lg leading-snug wrap-anywhere whitespace-pre-line">{text}</p>
      {Boolean(children) && <p className="text-base text-muted">{children}</p>}
    </li>
  );
}
