import { Button, Confirm, Field, Refusal, Sheet, toast } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { useAct } from "../act.ts";
import { hostOf, refusalOf, refusedFields, type Webhook, type WebhookCalls } from "./calls.ts";
import { webhookTexts as texts } from "./texts.ts";

/** A secret that is shown once. */
export function SecretOnce({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const copy = (): void => {
    // Missing on plain http outside localhost: then it is marked and copied by hand.
    const clipboard = (navigator as Partial<Navigator>).clipboard;
    void clipboard?.writeText(secret).then(() => toast(texts.copied, "good"));
  };
  return (
    <Sheet title={texts.secretTitle} description={texts.secretText} closeLabel={texts.close} onClose={onClose}>
      <div className="flex flex-col gap-3 pt-2">
        <output className="rounded-2xl border border-edge bg-card px-4 py-3 font-mono text-sm wrap-anywhere select-all">{secret}</output>
        <Button look="soft" onClick={copy}>
          {texts.copy}
        </Button>
        <Button onClick={onClose}>{texts.kept}</Button>
      </div>
    </Sheet>
  );
}

interface AskedProps {
  readonly calls: WebhookCalls;
  readonly webhook: Webhook;
  readonly after: () => void;
  readonly onClose: () => void;
}

export function RotateSecret({ calls, webhook, onSecret, after, onClose }: AskedProps & { readonly onSecret: (secret: string) => void }) {
  const act = useAct(
    (hours: number, key) => calls.rotate(webhook.id, hours, key),
    ({ secret }) => {
      onClose();
      onSecret(secret);
      after();
    },
  );
  return <NumberSheet title={texts.rotate} text={texts.rotateText} label={texts.overlap} name="overlap_hours" first={24} most={168} busy={texts.rotating} act={act} onClose={onClose} />;
}

export function Replay({ calls, webhook, after, onClose }: AskedProps) {
  const act = useAct(
    (seq: number, key) => calls.replay(webhook.id, seq, key),
    () => {
      onClose();
      toast(texts.replayed, "good");
      after();
    },
  );
  return (
    <NumberSheet title={texts.replay} text={texts.replayText(webhook.position)} label={texts.replayAfter} name="after" first={webhook.position} most={Number.MAX_SAFE_INTEGER} busy={texts.replaying} act={act} onClose={onClose} />
  );
}

interface NumberSheetProps {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  /** The field as the server calls it. */
  readonly name: "overlap_hours" | "after";
  readonly first: number;
  readonly most: number;
  readonly busy: string;
  readonly act: { readonly mutate: (value: number) => void; readonly isPending: boolean; readonly error: Error | null };
  readonly onClose: () => void;
}

/** One whole number, and what is done with it. */
function NumberSheet({ title, text, label, name, first, most, busy, act, onClose }: NumberSheetProps) {
  const [typed, setTyped] = useState(String(first));
  const [isTried, setTried] = useState(false);
  const isRight = /^\d+$/.test(typed.trim()) && Number(typed) <= most;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (isRight && !act.isPending) act.mutate(Number(typed));
  };
  return (
    <Sheet title={title} description={text} closeLabel={texts.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4 pt-2">
        <Field label={label} inputMode="numeric" autoComplete="off" error={isTried && !isRight ? texts.refused[name] : refusedFields(act.error)[name]} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Refusal error={refusalOf(act.error)} />
        <Button type="submit" busy={act.isPending && busy}>
          {title}
        </Button>
      </form>
    </Sheet>
  );
}

export function RemoveWebhook({ calls, webhook, after, onClose }: AskedProps) {
  const act = useAct(calls.remove, () => {
    toast(texts.removed, "good");
    after();
  });
  return (
    <Confirm title={texts.removeTitle(hostOf(webhook))} text={texts.removeText} closeLabel={texts.close} onClose={onClose}>
      <Refusal error={act.error} />
      <Button look="danger" busy={act.isPending && texts.removing} onClick={() => act.mutate(webhook.id)}>
        {texts.removeYes}
      </Button>
      <Button look="quiet" onClick={onClose}>
        {texts.keep}
      </Button>
    </Confirm>
  );
}
