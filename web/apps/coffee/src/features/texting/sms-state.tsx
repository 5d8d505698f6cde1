import { Problem } from "@livefloor/api";
import { dateText, whenText } from "@livefloor/base/times";
import { Button, Field, Notice, Refusal, type Tone, useNow } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { useAct, useUser } from "../../model/hooks.ts";
import { texts } from "../../texts/settings/index.ts";
import { sendTest, type SmsState } from "./api.ts";

const TONES: Record<SmsState["transport"], Tone> = { twilio: "free", simulator: "info", off: "danger" };

/** How texts are sent, whether they are, and why not; never a token. */
export function SmsStatePanel({ state }: { readonly state: SmsState }) {
  const now = useNow(60_000);
  const { sms } = texts;
  const rows: readonly (readonly [string, string])[] = [
    [sms.from, state.from_number_masked ?? texts.nothing],
    [sms.account, state.account_sid_last4 === null ? texts.nothing : `…${state.account_sid_last4}`],
    [sms.token, state.token_set ? (state.token_set_at === null ? sms.tokenSet : sms.tokenSince(dateText(state.token_set_at))) : texts.nothing],
    [sms.webhook, state.webhook_url],
    [sms.lastIn, state.last_inbound_at === null ? sms.never : whenText(state.last_inbound_at, now)],
    [sms.lastError, state.last_error === null ? texts.nothing : (sms.errors[state.last_error] ?? state.last_error)],
  ];
  return (
    <section aria-labelledby="sms-state" className="rounded-tile border border-line bg-card p-4 md:p-5">
      <h2 id="sms-state" className="mb-3 text-lg font-bold">
        {sms.state}
      </h2>
      <Notice tone={TONES[state.transport]}>
        <p className="text-base font-bold">{sms.transports[state.transport].title}</p>
        <p>{sms.transports[state.transport].text}</p>
      </Notice>
      <dl className="mt-4 grid gap-x-6 gap-y-2 sm:grid-cols-[auto_1fr]">
        {rows.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-muted">{label}</dt>
            <dd className="-mt-2 font-semibold wrap-anywhere sm:mt-0">{value}</dd>
          </div>
        ))}
      </dl>
      <TestText isOff={state.transport === "off"} />
    </section>
  );
}

function TestText({ isOff }: { readonly isOff: boolean }) {
  const [to, setTo] = useState("");
  const [isMissing, setMissing] = useState(false);
  const send = useAct(sendTest);
  const isAdmin = useUser()?.role === "admin";
  const { sms } = texts;
  if (!isAdmin) return <p className="mt-4 text-sm text-muted">{sms.testAdmin}</p>;
  const problem = send.error instanceof Problem ? send.error : null;
  const atField = (problem?.fields as Partial<Record<"to", string>> | undefined)?.to ?? (problem?.code === "bad_phone" ? problem.message : undefined);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setMissing(to.trim() === "");
    if (to.trim() !== "" && !send.isPending) send.mutate(to.trim());
  };

  return (
    <form noValidate onSubmit={submit} className="mt-4 flex flex-col gap-3 border-t border-line pt-4">
      <Field label={sms.testTo} hint={sms.testHint} error={isMissing ? sms.testNeeded : atField} type="tel" autoComplete="tel" value={to} onChange={(event) => setTo(event.target.value)} />
      {atField === undefined && <Refusal error={send.error} />}
      {send.isSuccess && (
        <Notice tone="free" role="status">
          {sms.tested(send.data.body)}
        </Notice>
      )}
      <Button type="submit" look="soft" className="self-start" disabled={isOff} busy={send.isPending && sms.testing}>
        {sms.test}
      </Button>
    </form>
  );
}
