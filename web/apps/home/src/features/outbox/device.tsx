import type { Conversation } from "../../model/conversations.ts";
import { recipientName } from "../../model/names.ts";
import { LockScreen } from "./lock-screen.tsx";
import { Mailbox } from "./mailbox.tsx";
import { TextMessages } from "./text-messages.tsx";

export interface DeviceProps {
  readonly conversation: Conversation;
  readonly system: string;
  readonly zone: string;
}

/** What the recipient would have in front of them: by its channel, and as mail what is known no better. */
export function Device(props: DeviceProps) {
  const { channel } = props.conversation;
  const recipient = recipientName(props.conversation);
  if (channel === "sms") return <TextMessages {...props} recipient={recipient} />;
  if (channel === "push") return <LockScreen {...props} recipient={recipient} />;
  return <Mailbox {...props} recipient={recipient} />;
}
