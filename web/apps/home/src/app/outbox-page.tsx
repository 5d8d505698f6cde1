import { ErrorState, LoadingState, Notice, say, Skeleton } from "@livefloor/ui";
import { useEffect, useRef, useState } from "react";

import { Device } from "../features/outbox/device.tsx";
import { EmptyOutbox } from "../features/outbox/empty-outbox.tsx";
import { Recipients } from "../features/outbox/recipients.tsx";
import { conversations } from "../model/conversations.ts";
import { mount, useOutbox, type Outbox } from "../model/messages.ts";
import { channelName, recipientName } from "../model/names.ts";
import { timeText } from "../model/times.ts";
import { texts } from "../texts/index.ts";
import { Page } from "./page.tsx";

/** Say the newest message when it comes while one looks. */
function useSpoken(outbox: Outbox | undefined): void {
  const newest = outbox?.items.at(-1);
  const heard = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (outbox === undefined) return;
    if (heard.current !== undefined && newest !== undefined && newest.id !== heard.current) {
      say(texts.outbox.arrived(channelName(newest.channel), recipientName(newest)));
    }
    heard.current = newest?.id ?? "";
  }, [outbox, newest]);
}

function Messages({ outbox }: { readonly outbox: Outbox }) {
  const found = conversations(outbox.items);
  const [chosen, choose] = useState<string | null>(null);
  // What had come when a recipient was last looked at; all that was there at first counts as seen.
  const [seen, see] = useState(() => new Map(found.map(({ key, messages }) => [key, messages.length])));
  const shown = found.find(({ key }) => key === chosen) ?? found[0];
  if (shown === undefined) return <EmptyOutbox />;

  function open(key: string): void {
    see(new Map(found.map((one) => [one.key, one.key === key || one.key === shown?.key ? one.messages.length : (seen.get(one.key) ?? 0)])));
    choose(key);
  }

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,22rem)_minmax(0,1fr)]">
      <Recipients conversations={found} shown={shown.key} seen={seen} zone={outbox.timezone} onOpen={open} />
      <Device conversation={shown} system={outbox.title} zone={outbox.timezone} />
    </div>
  );
}

export function OutboxPage() {
  const { data, error, isPending, isFetching, refetch, dataUpdatedAt } = useOutbox();
  const { outbox } = texts;
  useSpoken(data);
  const system = data?.title ?? "";
  useEffect(() => {
    document.title = system === "" ? outbox.title : `${outbox.title} · ${system}`;
  }, [outbox.title, system]);

  return (
    <Page
      title={outbox.title}
      lead={
        data !== undefined && (
          <>
            {outbox.lead(data.title)}
            <a href={mount} className="flex min-h-11 w-fit items-center font-semibold text-brand underline-offset-4 hover:underline">
              {outbox.back(data.title)}
            </a>
          </>
        )
      }
    >
      {isPending && (
        <LoadingState label={outbox.loading}>
          <Skeleton className="h-40" />
        </LoadingState>
      )}
      {data === undefined && error !== null && (
        <ErrorState
          title={outbox.failure.title}
          detail={error.message}
          retryLabel={outbox.failure.retry}
          busyLabel={outbox.failure.retrying}
          busy={isFetching}
          onRetry={() => void refetch()}
        />
      )}
      {data !== undefined && (
        <>
          {error !== null && (
            <div className="mb-4">
              <Notice tone="off" role="status">
                {outbox.stale(timeText(dataUpdatedAt, Intl.DateTimeFormat().resolvedOptions().timeZone))}
              </Notice>
            </div>
          )}
          <Messages outbox={data} />
        </>
      )}
    </Page>
  );
}
