import { Button, UserIcon } from "@livefloor/ui";
import { Fragment } from "react";

import { codeIn } from "../../model/conversations.ts";
import { copy } from "../../model/copy.ts";
import { dayText, timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import type { DeviceProps } from "./device.tsx";
import { Phone } from "./phone.tsx";

/** Text messages as a phone shows them: one sender, days apart, and a code that can be taken with one tap. */
export function TextMessages({ conversation: { messages }, system, zone, recipient }: DeviceProps & { readonly recipient: string }) {
  const days = messages.map(({ at }) => dayText(at, zone));
  return (
    <Phone
      name={texts.outbox.phoneOf(recipient)}
      newest={messages.at(-1)?.id}
      className="bg-raised"
      head={
        <div className="flex items-center gap-3 border-b border-line bg-card px-5 py-3">
          <span className="flex size-10 items-center justify-center rounded-full bg-brand-soft text-brand-strong">
            <UserIcon className="size-5" />
          </span>
          <div className="min-w-0">
            <p className="truncate font-bold">{system}</p>
            <p className="truncate text-xs text-muted">{recipient}</p>
          </div>
        </div>
      }
    >
      {messages.map((message, index) => {
        const code = codeIn(message);
        return (
          <Fragment key={message.id}>
            {days[index] !== days[index - 1] && <p className="my-2 text-center text-xs font-semibold text-muted">{days[index]}</p>}
            <div className="max-w-[88%] self-start rounded-3xl rounded-bl-md bg-off-soft px-4 py-2.5">
              <p className="wrap-break-word whitespace-pre-wrap">{message.body}</p>
              <p className="mt-1 text-right text-xs text-muted">
                <time dateTime={message.at}>{timeText(message.at, zone)}</time>
              </p>
            </div>
            {code !== undefined && (
              <Button look="soft" className="self-start" onClick={() => void copy(code, texts.outbox.code(code))}>
                {texts.copy(texts.outbox.code(code))}
              </Button>
            )}
          </Fragment>
        );
      })}
    </Phone>
  );
}
