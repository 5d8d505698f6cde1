import { cx } from "@livefloor/ui";

import type { Conversation } from "../../model/conversations.ts";
import { channelName, recipientName } from "../../model/names.ts";
import { timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";

interface RecipientsProps {
  readonly conversations: readonly Conversation[];
  readonly shown: string;
  /** How many messages of each were there when it was last looked at. */
  readonly seen: ReadonlyMap<string, number>;
  readonly zone: string;
  readonly onOpen: (key: string) => void;
}

/** To whom something was sent, the newest first. */
export function Recipients({ conversations, shown, seen, zone, onOpen }: RecipientsProps) {
  return (
    <nav aria-label={texts.outbox.recipients}>
      <h2 className="mb-2 text-sm font-semibold text-muted">{texts.outbox.recipients}</h2>
      <ul className="flex max-h-72 flex-col gap-2 overflow-y-auto p-1 lg:max-h-160">
        {conversations.map((conversation) => {
          const { key, channel, messages } = conversation;
          const newest = messages.at(-1);
          const isShown = key === shown;
          const isFresh = !isShown && messages.length > (seen.get(key) ?? 0);
          return (
            <li key={key}>
              <button
                type="button"
                aria-current={isShown}
                onClick={() => onOpen(key)}
                className={cx("w-full rounded-2xl border bg-card px-4 py-2.5 text-left shadow-card", isShown ? "border-brand ring-1 ring-brand" : "border-line hover:border-edge")}
              >
                <span className="flex items-baseline justify-between gap-3">
                  <span className="font-bold wrap-anywhere">{recipientName(conversation)}</span>
                  {newest !== undefined && <span className="text-xs text-muted">{timeText(newest.at, zone)}</span>}
                </span>
                <span className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs text-muted">
                  {channelName(channel)} · {texts.outbox.count(messages.length)}
                  {isFresh && <span className="rounded-full bg-brand px-2 py-0.5 font-bold text-on-brand">{texts.outbox.fresh}</span>}
                </span>
                {newest !== undefined && <span className="mt-1 block truncate text-sm">{newest.title === "" ? newest.body : newest.title}</span>}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
