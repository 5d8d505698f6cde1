import { Button, EmptyState, Notice, useNow } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { loadedWith } from "../loaded.tsx";
import type { saveBarWith } from "../save-bar.tsx";
import { whenText } from "../times.ts";
import { AddWebhook } from "./add.tsx";
import { ALL, hostOf, KEY, type Webhook, type WebhookCalls } from "./calls.ts";
import { WebhookDetail } from "./detail.tsx";
import { SecretOnce } from "./sheets.tsx";
import { Facts, StateLine } from "./state.tsx";
import { webhookTexts as texts } from "./texts.ts";

interface WebhookPanelsProps {
  readonly calls: WebhookCalls;
  /** The one that is looked at; null shows them all. */
  readonly openId: string | null;
  readonly onOpen: (id: string | null) => void;
  /** The foot of the system's own forms. */
  readonly SaveBar: ReturnType<typeof saveBarWith>["SaveBar"];
}

const REFRESH_MS = 5_000;
const { Loaded } = loadedWith(texts);

/** All webhooks, asked for again and again: no frame tells of them. */
export function WebhookPanels({ calls, openId, onOpen, SaveBar }: WebhookPanelsProps) {
  const query = useQuery({ queryKey: KEY, queryFn: calls.list, staleTime: 0, refetchInterval: REFRESH_MS });
  const [secret, setSecret] = useState<string | null>(null);
  const now = useNow(60_000);
  const after = (): void => void query.refetch();
  return (
    <Loaded query={query}>
      {(webhooks) => {
        const open = webhooks.find(({ id }) => id === openId);
        return (
          <div className="flex flex-col gap-5">
            {query.isError && (
              <Notice tone="held" role="status">
                {texts.stale(whenText(query.dataUpdatedAt, now))}
              </Notice>
            )}
            {open === undefined ? (
              <>
                {openId !== null && <Notice tone="off">{texts.gone}</Notice>}
                <List calls={calls} webhooks={webhooks} onOpen={onOpen} onSecret={setSecret} after={after} />
              </>
            ) : (
              <WebhookDetail key={open.id} calls={calls} webhook={open} SaveBar={SaveBar} onSecret={setSecret} onBack={() => onOpen(null)} after={after} />
            )}
            {secret !== null && <SecretOnce secret={secret} onClose={() => setSecret(null)} />}
          </div>
        );
      }}
    </Loaded>
  );
}

interface ListProps {
  readonly calls: WebhookCalls;
  readonly webhooks: readonly Webhook[];
  readonly onOpen: (id: string) => void;
  readonly onSecret: (secret: string) => void;
  readonly after: () => void;
}

function List({ calls, webhooks, onOpen, onSecret, after }: ListProps) {
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <div>
        <Button onClick={() => setAdding(true)}>{texts.add}</Button>
      </div>
      {webhooks.length === 0 && <EmptyState>{texts.none}</EmptyState>}
      <ul className="flex flex-col gap-3">
        {webhooks.map((webhook) => (
          <li key={webhook.id}>
            <Card webhook={webhook} onOpen={() => onOpen(webhook.id)} />
          </li>
        ))}
      </ul>
      {isAdding && (
        <AddWebhook
          calls={calls}
          onAdded={(made) => {
            setAdding(false);
            onSecret(made);
            after();
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}

function Card({ webhook, onOpen }: { readonly webhook: Webhook; readonly onOpen: () => void }) {
  const { url, description, events } = webhook;
  return (
    <article aria-label={hostOf(webhook)} className="flex flex-col gap-3 rounded-tile border border-line bg-card p-4 shadow-card sm:flex-row sm:items-start sm:justify-between">
      <div className="flex min-w-0 flex-col gap-2">
        <div>
          <p className="font-bold wrap-anywhere">{url}</p>
          {description !== "" && <p className="text-sm text-muted wrap-anywhere">{description}</p>}
        </div>
        <StateLine webhook={webhook} />
        <Facts webhook={webhook} />
        <p className="text-sm text-muted wrap-anywhere">
          {texts.asked}: {events.includes(ALL) ? texts.everything : events.join(", ")}
        </p>
      </div>
      <Button look="soft" className="shrink-0" aria-label={texts.openOf(hostOf(webhook))} onClick={onOpen}>
        {texts.open}
      </Button>
    </article>
  );
}
