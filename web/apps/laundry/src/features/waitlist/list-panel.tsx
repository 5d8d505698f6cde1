import type { Entry, MachineType } from "@livefloor/api/laundry";
import { Button, cx, EmptyState, Refusal, toast } from "@livefloor/ui";
import { useRef } from "react";

import { useList, useQueuedAct, useSession, useViewer } from "../../model/hooks.ts";
import { useIsWaiting } from "../../model/queue.ts";
import { timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import { texts as queueTexts } from "../../texts/queue/index.ts";

/** The list of one type: who is before me, about how long, join and leave. */
export function ListPanel({ type }: { readonly type: MachineType }) {
  const items = useList(type)?.items ?? [];
  const { userId } = useViewer(60_000);
  const isStudent = useSession()?.user.role === "student";
  const mine = items.find((entry) => entry.user_id === userId);

  const panel = useRef<HTMLElement>(null);
  const join = useQueuedAct("join", (entry) => {
    const isCalled = entry.status === "called";
    toast(isCalled ? texts.list.joinedCalled : texts.list.joined(entry.ahead + 1), "good");
    // Whoever is called at once has no button here any more: the focus must not go with it.
    if (isCalled) panel.current?.focus({ preventScroll: true });
  });
  const leave = useQueuedAct("leave", () => toast(texts.list.left, "good"));
  const isJoining = useIsWaiting("join", { machine_type: type });
  const isLeaving = useIsWaiting("leave", { machine_type: type });
  const failure = join.error ?? leave.error;

  return (
    <section ref={panel} tabIndex={-1} aria-label={texts.list.title(type)} className="mt-4 rounded-3xl border border-line bg-card p-4 shadow-card">
      <h3 className="mb-2 flex items-baseline justify-between gap-2">
        <span className="text-base font-bold">{texts.list.title(type)}</span>
        {items.length > 0 && <span className="text-sm text-muted">{texts.room.waiting(items.filter(({ status }) => status === "waiting").length)}</span>}
      </h3>
      {items.length === 0 ? (
        <EmptyState>{texts.list.empty(type)}</EmptyState>
      ) : (
        <ol className="mb-1">
          {items.map((entry) => (
            <ListRow key={entry.id} entry={entry} type={type} mine={entry === mine} />
          ))}
        </ol>
      )}
      {mine?.status === "waiting" && mine.position !== null && (
        <p className="mt-2 text-sm font-semibold">{texts.list.yourPlace(mine.position, waitText(mine))}</p>
      )}
      {isStudent && (
        <div className="mt-3 flex flex-col gap-2 empty:hidden">
          <Refusal error={failure} />
          {mine === undefined ? (
            <Button
              look="soft"
              disabled={isJoining}
              busy={join.isPending && texts.list.joining}
              onClick={() => {
                leave.reset();
                join.mutate({ machine_type: type });
              }}
            >
              {isJoining ? queueTexts.waitingHere : texts.list.join(type)}
            </Button>
          ) : (
            mine.status === "waiting" && (
              <Button
                look="quiet"
                disabled={isLeaving}
                busy={leave.isPending && texts.list.leaving}
                onClick={() => {
                  join.reset();
                  leave.mutate({ machine_type: type });
                }}
              >
                {isLeaving ? queueTexts.waitingHere : texts.list.leave(type)}
              </Button>
            )
          )}
        </div>
      )}
    </section>
  );
}

function waitText(entry: Entry): string {
  return entry.estimated_wait_minutes === null ? texts.list.waitUnknown : texts.list.waitAbout(entry.estimated_wait_minutes);
}

function ListRow({ entry, type, mine }: { readonly entry: Entry; readonly type: MachineType; readonly mine: boolean }) {
  const isCalled = entry.status === "called" && entry.machine_id !== null && entry.claim_expires_at !== null;
  return (
    <li className={cx("flex min-h-10 items-center gap-3 border-b border-line py-1.5 text-sm last:border-b-0", mine && "font-bold text-brand-strong")}>
      <span className="w-6 text-right text-muted">{entry.position}</span>
      <span className="min-w-0 flex-1 truncate">{mine ? texts.list.you : entry.display_name}</span>
      {isCalled ? (
        <span className="rounded-md bg-held-soft px-2 py-0.5 font-medium text-held">
          {texts.list.called(texts.machine(type, entry.machine_id ?? 0), timeText(entry.claim_expires_at ?? ""))}
        </span>
      ) : (
        <span className="text-muted">{waitText(entry)}</span>
      )}
    </li>
  );
}
