import { useLine } from "@livefloor/live";
import { ErrorState, LoadingState, Skeleton } from "@livefloor/ui";
import { Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { MachineBoard } from "../features/machines/machine-board.tsx";
import { ListPanel } from "../features/waitlist/list-panel.tsx";
import { TurnCard } from "../features/waitlist/turn-card.tsx";
import { useRoom } from "../model/hooks.ts";
import { live } from "../model/live.ts";
import { TYPES } from "../model/loading.ts";
import { texts } from "../texts/index.ts";

/** The live board: turns, machines, lists. The sheet of a machine opens over it. */
export function RoomPage() {
  return (
    <RoomLoaded skeleton={<BoardSkeleton />}>
      <Room />
    </RoomLoaded>
  );
}

function Room() {
  return (
    <>
      <h1 className="sr-only">{texts.nav.room}</h1>
      <Turns />
      <div className="grid gap-8 md:grid-cols-2">
        {TYPES.map((type) => (
          <div key={type}>
            <MachineBoard type={type} />
            <ListPanel type={type} />
          </div>
        ))}
      </div>
      <Outlet />
    </>
  );
}

export function Turns() {
  return (
    <div className="mb-5 grid gap-3 empty:hidden md:grid-cols-2">
      {TYPES.map((type) => (
        <TurnCard key={type} type={type} />
      ))}
    </div>
  );
}

/** Shows the children once the room is loaded; else that it loads, or why it did not. */
export function RoomLoaded({ skeleton, children }: { readonly skeleton: ReactNode; readonly children: ReactNode }) {
  const room = useRoom();
  // The last visit may have kept the room; it is shown with its time until the server answers.
  useLine(live);
  if (room.isSuccess || live.lastId !== null) return children;
  if (room.isPending && room.failureCount === 0) return <LoadingState label={texts.loading}>{skeleton}</LoadingState>;
  return (
    <ErrorState
      title={texts.failure.title}
      detail={(room.error ?? room.failureReason)?.message ?? ""}
      retryLabel={texts.failure.retry}
      busyLabel={texts.failure.retrying}
      busy={room.isFetching}
      onRetry={() => void room.refetch()}
    />
  );
}

function BoardSkeleton() {
  return (
    <div className="grid gap-8 md:grid-cols-2">
      {TYPES.map((type) => (
        <div key={type}>
          <Skeleton className="mb-3 h-7 w-48" />
          <div className="grid grid-cols-2 gap-2 sm:grid-cols-3 md:grid-cols-2 xl:grid-cols-3">
            {["a", "b", "c", "d", "e", "f"].map((key) => (
              <Skeleton key={key} className="h-21" />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
