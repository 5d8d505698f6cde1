import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { ChatView } from "../features/chat/chat-view.tsx";
import { roomsOf } from "../features/chat/rooms.ts";
import { stationsQuery, useFloor, useHead, useUser } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { texts } from "../texts/crew/index.ts";
import { BackToStation } from "./back-link.tsx";

/** What the crew says to each other: all, a station, the organizers. */
export function ChatPage() {
  const { id } = useParams({ strict: false });
  const user = useUser();
  const station = id === undefined ? (user?.station_id ?? null) : Number(id);
  useFloor(station);
  const head = useHead(station ?? 0);
  const stations = useQuery(stationsQuery);
  if (user === undefined) return null;
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-1 flex-col">
      {head !== undefined && <BackToStation head={head} />}
      <h1 className="mb-2 text-2xl font-extrabold">{texts.chat.title}</h1>
      <Loaded query={stations}>
        {(all) => <ChatView rooms={roomsOf(user, id === undefined ? null : Number(id), all)} stations={all} />}
      </Loaded>
    </div>
  );
}
