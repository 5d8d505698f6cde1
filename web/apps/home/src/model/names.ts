import { texts } from "../texts/index.ts";
import type { Message } from "./messages.ts";

/** What a person can tell a recipient by: the address of a push is long and means nothing. */
export function recipientName({ channel, recipient }: Pick<Message, "channel" | "recipient">): string {
  if (channel !== "push" || !URL.canParse(recipient)) return recipient;
  return texts.outbox.browser(new URL(recipient).host, recipient.slice(-4));
}

export function channelName(channel: string): string {
  return texts.outbox.channels[channel] ?? channel;
}
