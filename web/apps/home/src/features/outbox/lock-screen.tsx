import { BellIcon } from "@livefloor/ui";

import { mount } from "../../model/messages.ts";
import { dayText, timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import type { DeviceProps } from "./device.tsx";
import { Phone } from "./phone.tsx";

/** Pushes as a locked phone shows them; a tap leads where the push leads. */
export function LockScreen({ conversation: { messages }, system, zone, recipient }: DeviceProps & { readonly recipient: string }) {
  const newest = messages.at(-1);
  return (
    <Phone
      name={texts.outbox.lockScreen(recipient)}
      newest={newest?.id}
      className="bg-turn text-on-turn"
      head={
        newest !== undefined && (
          <div className="px-5 pt-8 pb-4 text-center">
            <p className="text-6xl font-light tracking-tight">{timeText(newest.at, zone)}</p>
            <p className="mt-1 text-sm font-semibold">{dayText(newest.at, zone)}</p>
          </div>
        )
      }
    >
      {messages.map((message) => (
        <a
          key={message.id}
          href={new URL(message.link.replace(/^\//, ""), mount).href}
          target="_blank"
          rel="noreferrer"
          className="block shrink-0 rounded-2xl bg-card px-4 py-3 text-ink shadow-card hover:bg-raised"
        >
          <span className="flex items-center gap-2 text-xs text-muted">
            <BellIcon className="size-4" />
            <span className="flex-1 truncate font-semibold">{system}</span>
            <time dateTime={message.at}>{timeText(message.at, zone)}</time>
          </span>
          {message.title !== "" && <span className="mt-1 block font-bold">{message.title}</span>}
          <span className="block text-sm wrap-break-word">{message.body}</span>
          <span className="mt-1 block truncate text-xs font-semibold text-brand">{message.link}</span>
        </a>
      ))}
    </Phone>
  );
}
