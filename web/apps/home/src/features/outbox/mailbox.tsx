import { dayText, timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import type { DeviceProps } from "./device.tsx";

/** Mails one below the other, the newest first. */
export function Mailbox({ conversation: { messages }, system, zone, recipient }: DeviceProps & { readonly recipient: string }) {
  return (
    <section aria-label={texts.outbox.mailbox(recipient)} className="flex flex-col gap-4">
      {messages.toReversed().map((message) => (
        <article key={message.id} className="rounded-2xl border border-line bg-card shadow-card">
          <header className="border-b border-line px-5 py-4">
            <h2 className="text-lg font-bold wrap-break-word">{message.title === "" ? message.kind : message.title}</h2>
            <p className="mt-1 text-sm text-muted">
              {texts.outbox.from} {system} · {texts.outbox.to} <span className="break-all">{recipient}</span> ·{" "}
              <time dateTime={message.at}>
                {dayText(message.at, zone)}, {timeText(message.at, zone)}
              </time>
            </p>
          </header>
          <p className="px-5 py-4 wrap-break-word whitespace-pre-wrap">{message.body}</p>
        </article>
      ))}
    </section>
  );
}
