import { Problem } from "@livefloor/api";
import { useDraft } from "@livefloor/forms";
import { BackIcon, Button, Notice, Refusal, toast, useNow } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { useAct } from "../act.ts";
import type { saveBarWith } from "../save-bar.tsx";
import { whenText } from "../times.ts";
import { ALL, hostOf, isTaken, refusalOf, refusedFields, type Webhook, type WebhookCalls } from "./calls.ts";
import { Deliveries } from "./deliveries.tsx";
import { WebhookFields, wrongIn, type Typed } from "./fields.tsx";
import { RemoveWebhook, Replay, RotateSecret } from "./sheets.tsx";
import { Facts, StateLine } from "./state.tsx";
import { webhookTexts as texts } from "./texts.ts";

interface WebhookDetailProps {
  readonly calls: WebhookCalls;
  readonly webhook: Webhook;
  readonly SaveBar: ReturnType<typeof saveBarWith>["SaveBar"];
  readonly onSecret: (secret: string) => void;
  readonly onBack: () => void;
  readonly after: () => void;
}

/** One webhook: how it stands, what can be done with it, what it asks for, and each try to deliver. */
export function WebhookDetail({ calls, webhook, SaveBar, onSecret, onBack, after }: WebhookDetailProps) {
  const now = useNow(60_000);
  const { previous_until } = webhook;
  return (
    <>
      <div>
        <Button look="quiet" onClick={onBack}>
          <BackIcon className="size-5" />
          {texts.all}
        </Button>
      </div>
      <section aria-label={hostOf(webhook)} className="flex flex-col gap-3">
        <h2 className="text-xl font-bold wrap-anywhere">{webhook.url}</h2>
        <StateLine webhook={webhook} />
        <Facts webhook={webhook} />
        {previous_until !== null && Date.parse(previous_until) > now && <Notice tone="held">{texts.overlapNow(whenText(previous_until, now))}</Notice>}
        <Acts calls={calls} webhook={webhook} onSecret={onSecret} after={after} onBack={onBack} />
      </section>
      <details className="rounded-tile border border-line px-4">
        <summary className="min-h-12 cursor-pointer py-3 font-semibold">{texts.change}</summary>
        <div className="pt-1 pb-4">
          <WebhookForm calls={calls} webhook={webhook} SaveBar={SaveBar} after={after} />
        </div>
      </details>
      <Deliveries calls={calls} webhook={webhook} after={after} />
    </>
  );
}

type Asked = "rotate" | "replay" | "remove" | null;

function Acts({ calls, webhook, onSecret, after, onBack }: Omit<WebhookDetailProps, "SaveBar">) {
  const [asked, setAsked] = useState<Asked>(null);
  const turn = useAct(
    (enabled: boolean) => calls.change(webhook.id, { enabled, version: webhook.version }),
    ({ enabled }) => {
      toast(enabled ? texts.resumed : texts.paused, "good");
      after();
    },
  );
  const test = useAct(calls.test, (delivery) => {
    toast(isTaken(delivery) ? texts.tested.taken : texts.tested.not, isTaken(delivery) ? "good" : "bad");
    after();
  });
  const close = (): void => setAsked(null);
  const shared = { calls, webhook, after, onClose: close };
  return (
    <>
      <Refusal error={refusalOf(turn.error ?? test.error)} />
      <div className="flex flex-wrap gap-2">
        {webhook.enabled ? (
          <Button look="quiet" busy={turn.isPending && texts.pausing} onClick={() => turn.mutate(false)}>
            {texts.pause}
          </Button>
        ) : (
          <Button busy={turn.isPending && texts.resuming} onClick={() => turn.mutate(true)}>
            {texts.resume}
          </Button>
        )}
        <Button look="soft" busy={test.isPending && texts.testing} onClick={() => test.mutate(webhook.id)}>
          {texts.test}
        </Button>
        <Button look="quiet" onClick={() => setAsked("rotate")}>
          {texts.rotate}
        </Button>
        <Button look="quiet" onClick={() => setAsked("replay")}>
          {texts.replay}
        </Button>
        <Button look="danger" onClick={() => setAsked("remove")}>
          {texts.remove}
        </Button>
      </div>
      {asked === "rotate" && <RotateSecret {...shared} onSecret={onSecret} />}
      {asked === "replay" && <Replay {...shared} />}
      {asked === "remove" && (
        <RemoveWebhook
          {...shared}
          after={() => {
            onBack();
            after();
          }}
        />
      )}
    </>
  );
}

interface Stored extends Typed {
  readonly version: number;
}

const stored = ({ url, description, events, version }: Webhook): Stored => ({ url, description, events, version });

function WebhookForm({ calls, webhook, SaveBar, after }: Omit<WebhookDetailProps, "onSecret" | "onBack">) {
  const [isTried, setTried] = useState(false);
  const draft = useDraft<Stored>({
    stored: stored(webhook),
    save: async ({ url, description, events }, base) =>
      stored(
        await calls.change(webhook.id, {
          version: base.version,
          ...(url === undefined ? {} : { url: url.trim() }),
          ...(description === undefined ? {} : { description: description.trim() }),
          ...(events === undefined ? {} : { events: [...events] }),
        }),
      ),
    reload: async () => stored(await calls.get(webhook.id)),
    isStale: (error) => error instanceof Problem && error.isStale,
    fieldErrors: refusedFields,
    onSaved: () => {
      setTried(false);
      toast(texts.saved, "good");
      after();
    },
  });
  const wrong = wrongIn(draft.value);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0) void draft.save();
  };
  const set = ({ url, description, events }: Partial<Typed>): void => {
    if (url !== undefined) draft.set("url", url);
    if (description !== undefined) draft.set("description", description);
    if (events !== undefined) draft.set("events", events);
  };
  const labels: Readonly<Record<string, string>> = { url: texts.url, description: texts.description, events: texts.asked };
  return (
    <form noValidate aria-label={hostOf(webhook)} onSubmit={submit} className="flex max-w-2xl flex-col gap-4">
      <WebhookFields calls={calls} typed={draft.value} errors={{ ...draft.errors, ...(isTried ? wrong : {}) }} set={set} />
      <SaveBar
        draft={draft}
        isWrong={isTried && Object.keys(wrong).length > 0}
        labelOf={(field) => labels[field] ?? field}
        said={(_, value) => (typeof value === "object" ? (value.includes(ALL) ? texts.everything : value.join(", ")) : String(value))}
      />
    </form>
  );
}
