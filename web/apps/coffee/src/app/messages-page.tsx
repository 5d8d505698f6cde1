import { EmptyState } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { Inbox } from "../features/messages/inbox.tsx";
import { TextingBanner } from "../features/messages/texting-banner.tsx";
import { Thread } from "../features/messages/thread.tsx";
import { crewQuery, useFloor, useUser } from "../model/hooks.ts";
import { texts } from "../texts/crew/index.ts";

/** The texts of guests: on a phone the list or one conversation, else both. */
export function MessagesPage() {
  const { id } = useParams({ strict: false });
  const user = useUser();
  useFloor(user?.role === "barista" ? user.station_id : null);
  const crew = useQuery(crewQuery).data ?? {};
  const isOpen = id !== undefined;
  return (
    <div className="flex flex-1 flex-col gap-3 pb-3">
      <h1 className={isOpen ? "text-2xl font-extrabold max-md:sr-only" : "text-2xl font-extrabold"}>{texts.messages.title}</h1>
      <TextingBanner />
      <div className="grid flex-1 grid-cols-[minmax(0,1fr)] items-start gap-5 md:grid-cols-[20rem_minmax(0,1fr)] xl:grid-cols-[24rem_minmax(0,1fr)]">
        <div className={isOpen ? "max-md:hidden" : undefined}>
          <Inbox open={id ?? null} crew={crew} />
        </div>
        {isOpen ? (
          <Thread key={id} id={id} crew={crew} />
        ) : (
          <div className="max-md:hidden">
            <EmptyState>{texts.messages.pick}</EmptyState>
          </div>
        )}
      </div>
    </div>
  );
}
