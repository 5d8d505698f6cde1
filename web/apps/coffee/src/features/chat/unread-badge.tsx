import { CountBadge, say, toast } from "@livefloor/ui";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

import { mayRead, stationRoom, useRoom, type Room } from "../../model/chat.ts";
import { useFrames, useUser } from "../../model/hooks.ts";
import { live } from "../../model/live.ts";
import { ring } from "../../model/sound.ts";
import { texts } from "../../texts/crew/index.ts";

const { chat: words } = texts;

const useUnreadIn = (room: Room | null): number => useRoom(room).data?.pages[0]?.unread ?? 0;

/** How many messages this person has not read, in all rooms that are theirs; that of a station while it is looked at. */
function useUnread(station: number | null): number {
  const all = useUnreadIn("all");
  const own = useUnreadIn(station === null ? null : stationRoom(station));
  const organizers = useUnreadIn(mayRead("organizers") ? "organizers" : null);
  return all + own + organizers;
}

/** Hear the own room wherever one is, and be told of what is urgent. */
export function useChatNews(): void {
  const user = useUser();
  const navigate = useNavigate();
  const station = user?.station_id ?? null;
  const id = user?.id;
  useEffect(() => {
    if (station === null) return undefined;
    void live.join(station);
    return () => live.leave(station);
  }, [station, id]);
  useFrames(["chat_message"], ({ data }) => {
    const { sender, message, urgent } = data as { readonly sender: { readonly id: string; readonly name: string }; readonly message: string; readonly urgent: boolean };
    if (sender.id === id || location.pathname.endsWith("/chat")) return;
    say(words.heard(sender.name, message));
    if (!urgent) return;
    ring("urgent");
    toast(words.heard(sender.name, message), "bad", { label: words.open, onAct: () => void navigate({ to: "/chat" }) });
  });
}

/** A number on the way to the chat, with the room of a station, or of the own one; nothing where all is read. */
export function UnreadBadge({ station }: { readonly station?: number }) {
  const user = useUser();
  const unread = useUnread(station ?? user?.station_id ?? null);
  return <CountBadge count={unread} word={words.unread(unread)} />;
}
