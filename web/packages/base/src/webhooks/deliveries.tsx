import { Button, Refusal, toast, useNow } from "@livefloor/ui";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { useAct } from "../act.ts";
import { loadedWith, usePages } from "../loaded.tsx";
import { whenText } from "../times.ts";
import { isTaken, KEY, refusalOf, type Delivery, type Webhook, type WebhookCalls } from "./calls.ts";
import { Outcome } from "./state.tsx";
import { webhookTexts as texts } from "./texts.ts";

interface DeliveriesProps {
  readonly calls: WebhookCalls;
  readonly webhook: Webhook;
  readonly after: () => void;
}

const { Loaded, Paged } = loadedWith(texts);

/** Each try, newest first; asked for anew when there is another one. */
export function Deliveries({ calls, webhook, after }: DeliveriesProps) {
  const queries = useQueryClient();
  const pages = usePages([...KEY, webhook.id, "deliveries"], (cursor) => calls.deliveries(webhook.id, cursor));
  const lastId = webhook.last?.id;
  // What is open stays open: the list is the same, with more in it.
  useEffect(() => void queries.invalidateQueries({ queryKey: [...KEY, webhook.id, "deliveries"] }, { cancelRefetch: false }), [queries, webhook.id, lastId]);
  return (
    <section aria-label={texts.deliveries}>
      <h2 className="mb-2 text-lg font-bold">{texts.deliveries}</h2>
      <p className="mb-3 text-sm text-muted">{texts.deliveriesIntro}</p>
      <Paged pages={pages} empty={texts.noDeliveries}>
        {(deliveries) => (
          <ul className="flex flex-col gap-2">
            {deliveries.map((delivery) => (
              <li key={delivery.id}>
                <Row calls={calls} webhook={webhook} delivery={delivery} after={after} />
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </section>
  );
}

interface RowProps extends DeliveriesProps {
  readonly delivery: Delivery;
}

function Row({ calls, webhook, delivery, after }: RowProps) {
  const now = useNow(60_000);
  const [isOpen, setOpen] = useState(false);
  const { name, seq, attempt, ms, at, error } = delivery;
  return (
    <details className="rounded-2xl border border-line bg-card px-4" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex min-h-12 cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 py-2">
        <Outcome delivery={delivery} />
        <span className="font-semibold wrap-anywhere">{name}</span>
        <span className="text-sm text-muted">
          {seq === 0 ? texts.isTest : texts.event(seq)} · {texts.attempt(attempt)} · <time dateTime={at}>{whenText(at, now)}</time> · {texts.took(ms)}
        </span>
        {error !== null && <span className="basis-full font-mono text-xs wrap-anywhere">{error}</span>}
      </summary>
      {isOpen && <Content calls={calls} webhook={webhook} delivery={delivery} after={after} />}
    </details>
  );
}

/** What was sent, what was answered, and a way to send it once more. */
function Content({ calls, webhook, delivery: { id, seq, answer }, after }: RowProps) {
  const query = useQuery({ queryKey: [...KEY, webhook.id, "delivery", id], queryFn: () => calls.delivery(webhook.id, id) });
  const again = useAct(
    (delivery: string, key) => calls.again(webhook.id, delivery, key),
    (made) => {
      toast(isTaken(made) ? texts.againDone.taken : texts.againDone.not, isTaken(made) ? "good" : "bad");
      after();
    },
  );
  return (
    <div className="flex flex-col gap-3 pb-4">
      <Loaded query={query}>{({ body }) => <Said title={texts.body} text={body === null ? null : pretty(body)} empty={seq === 0 ? texts.testBody : texts.noBody} />}</Loaded>
      {answer !== null && <Said title={texts.answer} text={answer === "" ? null : answer} empty={texts.emptyAnswer} />}
      <Refusal error={refusalOf(again.error)} />
      {seq !== 0 && (
        <div>
          <Button look="soft" busy={again.isPending && texts.testing} onClick={() => again.mutate(id)}>
            {texts.again}
          </Button>
        </div>
      )}
    </div>
  );
}

function Said({ title, text, empty }: { readonly title: string; readonly text: string | null; readonly empty: string }) {
  return (
    <div>
      <h3 className="text-sm font-semibold">{title}</h3>
      {text === null ? <p className="text-sm text-muted">{empty}</p> : <pre className="mt-1 rounded-xl bg-off-soft p-3 font-mono text-xs wrap-anywhere whitespace-pre-wrap">{text}</pre>}
    </div>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
