import { Button, Notice } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { AddOccasion } from "../features/occasions/add-occasion.tsx";
import { OccasionTable } from "../features/occasions/occasion-table.tsx";
import { ActivateQuestion, CloseQuestion } from "../features/occasions/questions.tsx";
import { useUser } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { occasionsQuery, useOccasion, type Occasion } from "../model/occasion.ts";
import { texts } from "../texts/lead/index.ts";

type Open = { readonly what: "add" } | { readonly what: "activate" | "close"; readonly occasion: Occasion } | null;

/** The events at which coffee is served. */
export function EventsPage() {
  const query = useQuery(occasionsQuery);
  const active = useOccasion();
  const mayChange = useUser()?.role === "admin";
  const [open, setOpen] = useState<Open>(null);
  const shut = (): void => setOpen(null);
  const { events } = texts;
  return (
    <>
      <div className="mb-5 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h1 className="text-2xl font-extrabold">{events.title}</h1>
          <p className="mt-1 text-muted">{events.intro}</p>
        </div>
        {mayChange && (
          <Button disabled={query.data === undefined} onClick={() => setOpen({ what: "add" })}>
            {events.add}
          </Button>
        )}
      </div>
      {!mayChange && (
        <div className="mb-4">
          <Notice tone="off">{events.readOnly}</Notice>
        </div>
      )}
      <Loaded query={query}>
        {(occasions) => (
          <>
            <OccasionTable
              occasions={occasions}
              mayChange={mayChange}
              onActivate={(occasion) => setOpen({ what: "activate", occasion })}
              onClose={(occasion) => setOpen({ what: "close", occasion })}
            />
            {open?.what === "add" && <AddOccasion occasions={occasions} onClose={shut} />}
          </>
        )}
      </Loaded>
      {open?.what === "activate" && <ActivateQuestion occasion={open.occasion} former={active} onClose={shut} />}
      {open?.what === "close" && <CloseQuestion occasion={open.occasion} onClose={shut} />}
    </>
  );
}
