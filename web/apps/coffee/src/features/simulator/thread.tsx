import { body } from "@livefloor/api";
import type { SmsThread } from "@livefloor/api/coffee";
import { base, keyed, useAct } from "@livefloor/base";
import { timeText } from "@livefloor/base/times";
import { Button, cx, EmptyState, Field, Refusal, Suggestions } from "@livefloor/ui";
import { useEffect, useRef, useState, type SyntheticEvent } from "react";

import { api } from "../../model/guest.ts";
import { texts } from "../../texts/guest/index.ts";

const { simulator: words } = texts;
const LINK = /(https?:\/\/\S+)/;
/** Whatever address the service has for guests outside, this phone is here. */
const TICKET = /^.*\/(o\/\w+)$/;

interface ThreadProps {
  readonly phone: string;
  readonly messages: SmsThread["messages"];
  readonly onSent: () => void;
}

/** One phone: what it wrote, what it got, and a line to write. */
export function Thread({ phone, messages, onSent }: ThreadProps) {
  const [text, setText] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const send = useAct(
    (said: string, key) => body(api.http.POST("/api/sms/simulator/inbound", { body: { from: phone, body: said }, ...keyed(key) })),
    () => {
      setText("");
      onSent();
    },
  );
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [messages.length, phone]);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (text.trim() !== "" && !send.isPending) send.mutate(text.trim());
  };
  return (
    <section aria-label={words.open(phone)} className="flex h-[70dvh] min-h-96 flex-col gap-3 rounded-3xl border border-edge bg-card p-4 shadow-card">
      <h2 className="text-center font-bold">{phone}</h2>
      {messages.length === 0 && <EmptyState>{words.empty}</EmptyState>}
      {/* Scrolled by keys as well. */}
      <ol ref={list} aria-live="polite" tabIndex={0} className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto">
        {messages.map(({ id, direction, body: said, status, created_at }) => (
          <li key={id} className={cx("flex max-w-[85%] flex-col", direction === "in" ? "items-end self-end" : "self-start")}>
            <span className="sr-only">{direction === "in" ? words.you : words.us}: </span>
            <p className={cx("rounded-2xl px-3.5 py-2 wrap-anywhere", direction === "in" ? "bg-brand text-on-brand" : "bg-off-soft")}>{linked(said)}</p>
            <p className="px-1 text-sm text-muted">{[timeText(created_at), words.statuses[status]].filter(Boolean).join(" · ")}</p>
          </li>
        ))}
      </ol>
      <Refusal error={send.error} />
      <Suggestions label={words.examples} texts={words.suggestions} value={text} onPick={setText} />
      <form noValidate onSubmit={submit} className="flex items-end gap-2">
        <Field label={words.write} className="min-w-0 flex-1" autoComplete="off" maxLength={1600} value={text} onChange={(event) => setText(event.target.value)} />
        <Button type="submit" className="min-h-13" busy={send.isPending && words.sending}>
          {words.send}
        </Button>
      </form>
    </section>
  );
}

/** A text with its links to tap, as phones show them. */
function linked(text: string) {
  return text.split(LINK).map((part, place) =>
    LINK.test(part) ? (
      <a key={place} href={part.replace(TICKET, `${base}$1`)} className="underline underline-offset-2">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
