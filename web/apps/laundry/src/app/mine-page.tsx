import { Skeleton } from "@livefloor/ui";

import { MovedLoads } from "../features/machines/moved-loads.tsx";
import { MyMachines } from "../features/machines/my-machines.tsx";
import { MyPlaces } from "../features/waitlist/my-places.tsx";
import { texts } from "../texts/index.ts";
import { RoomLoaded, Turns } from "./room-page.tsx";

/** All that is this person's: turn, loads, places in the lists. */
export function MinePage() {
  return (
    <div className="mx-auto max-w-xl">
      <h1 className="mb-4 text-2xl font-bold">{texts.mine.title}</h1>
      <RoomLoaded skeleton={<Skeleton className="h-48" />}>
        <Turns />
        <MovedLoads />
        <section aria-label={texts.mine.machines}>
          <MyMachines />
        </section>
        <section className="mt-8">
          <h2 className="mb-2 text-lg font-bold">{texts.mine.lists}</h2>
          <MyPlaces />
        </section>
      </RoomLoaded>
    </div>
  );
}
