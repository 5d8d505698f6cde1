import type { Message } from "./messages.ts";

/** All that went to one phone, browser or address. */
export interface Conversation {
  readonly key: string;
  readonly channel: string;
  readonly recipient: string;
  readonly messages: readonly Message[];
}

/** Messages by their recipient, the one with the newest first. */
export function conversations(messages: readonly Message[]): Conversation[] {
  const found = new Map<string, Message[]>();
  for (const message of messages) {
    const key = `${message.channel} ${message.recipient}`;
    found.set(key, [...(found.get(key) ?? []), message]);
  }
  return [...found]
    .map(([key, items]) => ({ key, channel: items[0]?.channel ?? "", recipient: items[0]?.recipient ?? "", messages: items }))
    .sort((one, other) => ((one.messages.at(-1)?.id ?? "") < (other.messages.at(-1)?.id ?? "") ? 1 : -1));
}

/** The code that a message brings, if it brings one. */
export function codeIn({ kind, body }: Pick<Message, "kind" | "body">): string | undefined {
  return kind === "code" ? /\b\d{4,8}\b/.exec(body)?.[0] : undefined;
}

/** The messages that are known with those that came, each once, oldest first. */
export function merged(known: readonly Message[], came: readonly Message[]): Message[] {
  const byId = new Map([...known, ...came].map((message) => [message.id, message]));
  return [...byId.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}
