import type { ConversationPage, TextMessage } from "@livefloor/api/coffee";
import { whenText } from "@livefloor/base/times";
import { BackIcon, Button, cx, ScrollEnd, toast, useNow } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";

import { useAct, useIsOffline, useUser } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { texts } from "../../texts/crew/index.ts";
import { OpenCups } from "./open-cups.tsx";
import { ReplyForm } from "./reply-form.tsx";
import { mayRetry, TextStatus } from "./text-status.tsx";
import { readTalk, release, retry, takeOver, useTalk } from "./talks.ts";

const { messages: words } = texts;
const MINUTE_MS = 60_000;

/** One conversation: who it is, what was written, the guest's cups beside it, and a line to answer. */
export function Thread({ id, crew }: { readonly id: string; readonly crew: Readonly<Record<string, string>> }) {
  const query = useTalk(id);
  const [first] = query.data?.pages ?? [];
  useSeen(id, first?.conversation.unread ?? 0);
  const messages = query.data?.pages.flatMap((page) => page.messages) ?? [];
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-3">
      <Link to="/messages" className="-ml-2 inline-flex min-h-12 items-center gap-1 self-start rounded-2xl px-2 font-semibold text-brand hover:bg-off-soft md:hidden">
        <BackIcon className="size-5" />
        {words.back}
      </Link>
      <Loaded query={query}>
        {({ pages: [page] }) =>
          page !== undefined && (
            <>
              <Head page={page} crew={crew} />
              <div className="grid flex-1 grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1fr)_18rem]">
                <div className="flex min-w-0 flex-col gap-2 max-xl:order-2">
                  {query.hasNextPage && (
                    <Button look="soft" className="self-center" busy={query.isFetchingNextPage && words.sending} onClick={() => void query.fetchNextPage()}>
                      {words.older}
                    </Button>
                  )}
                  <div role="log" aria-label={words.thread(nameOf(page))}>
                    <ol className="flex flex-col gap-2">
                      {[...messages].reverse().map((message) => (
                        <TextLine key={message.id} message={message} />
                      ))}
                    </ol>
                  </div>
                  <ScrollEnd on={messages[0]?.id ?? ""} className="scroll-mb-64 md:scroll-mb-48" />
                </div>
                <OpenCups orders={page.open_orders} />
              </div>
              <ReplyForm key={id} id={id} guest={page.conversation.guest} />
            </>
          )
        }
      </Loaded>
    </div>
  );
}

const nameOf = ({ conversation: { guest } }: ConversationPage): string => guest.name ?? guest.phone_masked ?? words.unknown;

function Head({ page, crew }: { readonly page: ConversationPage; readonly crew: Readonly<Record<string, string>> }) {
  const { conversation } = page;
  const { id, guest, state, taken_by } = conversation;
  const me = useUser()?.id;
  const isOffline = useIsOffline();
  const fail = (error: Error): void => toast(error.message, "bad");
  const take = useAct(takeOver, () => toast(words.taken, "good"));
  const give = useAct(release, () => toast(words.released, "good"));
  const isMine = taken_by !== null && taken_by === me;
  const marks = [guest.name === null ? null : guest.phone_masked, guest.vip ? `★ ${words.vip}` : null, words.states[state] || null, guest.opted_out ? words.optedOut : null, guest.blocked ? words.blocked : null];
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1">
        <h2 className="text-xl font-extrabold wrap-anywhere">{nameOf(page)}</h2>
        <p className="text-base text-muted">{marks.filter(Boolean).join(" · ")}</p>
        {taken_by !== null && <p className="text-base font-semibold">{isMine ? words.takenByYou : words.takenBy(crew[taken_by] ?? "")}</p>}
      </div>
      {isMine ? (
        <Button look="quiet" disabled={isOffline} busy={give.isPending && words.releasing} onClick={() => give.mutate(id, { onError: fail })}>
          {words.release}
        </Button>
      ) : (
        <Button look="soft" disabled={isOffline} busy={take.isPending && words.takingOver} onClick={() => take.mutate(id, { onError: fail })}>
          {words.takeOver}
        </Button>
      )}
    </div>
  );
}

function TextLine({ message }: { readonly message: TextMessage }) {
  const now = useNow(MINUTE_MS);
  const role = useUser()?.role;
  const isOffline = useIsOffline();
  const again = useAct(retry);
  const isOut = message.direction === "out";
  const kind = message.kind === null ? "" : words.kinds[message.kind];
  return (
    <li className={cx("max-w-[85%] rounded-tile border px-4 py-2", isOut ? "self-end border-line bg-brand-soft" : "self-start border-edge bg-card")}>
      <p className="text-lg leading-snug wrap-anywhere whitespace-pre-line">{message.body}</p>
      <p className="flex flex-wrap gap-x-2 text-base text-muted">
        {whenText(message.created_at, now)}
        {isOut && kind !== "" && <span>· {kind}</span>}
        <TextStatus message={message} full />
      </p>
      {mayRetry(message) && role !== "barista" && (
        <Button look="soft" className="mt-1" disabled={isOffline} busy={again.isPending && words.retrying} onClick={() => again.mutate(message, { onError: (error) => toast(error.message, "bad") })}>
          {words.retry}
        </Button>
      )}
    </li>
  );
}

/** Whoever looks at a conversation has read it. */
function useSeen(id: string, unread: number): void {
  const look = useEffectEvent(() => {
    if (unread > 0 && document.visibilityState === "visible") void readTalk(id).catch(() => undefined);
  });
  const now = useNow(10_000);
  useEffect(() => look(), [id, unread, now]);
}
