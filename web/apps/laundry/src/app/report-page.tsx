import { Skeleton } from "@livefloor/ui";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { OwnReports } from "../features/faults/own-reports.tsx";
import { ReportForm, type Reported } from "../features/faults/report-form.tsx";
import { ReportResult } from "../features/faults/report-result.tsx";
import type { Place } from "../model/acts.ts";
import { texts } from "../texts/student/index.ts";
import { RoomLoaded } from "./room-page.tsx";

/** Report a fault, and see what became of earlier reports. */
export function ReportPage() {
  const { type, number } = useSearch({ from: "/signed-in/report" });
  const [reported, setReported] = useState<Reported | Place | null>(null);
  return (
    <div className="mx-auto max-w-xl">
      <h1 className="text-2xl font-bold">{texts.report.title}</h1>
      <p className="mt-1 mb-5 text-muted">{texts.report.text}</p>
      <RoomLoaded skeleton={<Skeleton className="h-96" />}>
        {reported === null ? (
          <ReportForm start={`${type ?? ""}-${number ?? ""}`} onReported={setReported} onQueued={({ machine_type, machine_id }) => setReported({ machine_type, machine_id })} />
        ) : (
          <ReportResult reported={reported} onAgain={() => setReported(null)} />
        )}
        <OwnReports />
      </RoomLoaded>
    </div>
  );
}
