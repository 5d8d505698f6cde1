import { CountBadge, say, toast } from "@livefloor/ui";
import { useNavigate } from "@tanstack/react-router";

import { useFrames } from "../../model/hooks.ts";
import { ring } from "../../model/sound.ts";
import { texts } from "../../texts/crew/index.ts";
import { useTalksLive, useUnreadTalks } from "./talks.ts";

const { messages: words } = texts;

/** Hear when a guest needs a person, wherever one is (rule 52). */
export function useTextNews(): void {
  useTalksLive();
  const navigate = useNavigate();
  useFrames(["conversation_updated"], ({ data }) => {
    const { rings, conversation } = data as { readonly rings: boolean; readonly conversation: { readonly id: string; readonly guest: { readonly name: string | null; readonly phone_masked: string | null } } };
    if (!rings) return;
    const text = words.rings(conversation.guest.name ?? conversation.guest.phone_masked ?? words.unknown);
    say(text);
    ring("urgent");
    toast(text, "bad", { label: words.open, onAct: () => void navigate({ to: "/messages/$id", params: { id: conversation.id } }) });
  });
}

/** A number on the way to the texts; nothing where all is read. */
export function UnreadTexts() {
  const unread = useUnreadTalks();
  return <CountBadge count={unread} word={words.count(unread)} />;
}
