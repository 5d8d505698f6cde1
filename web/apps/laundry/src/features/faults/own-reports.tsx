import { useEffect } from "react";

import { useFrames } from "../../model/hooks.ts";
import { Paged, usePages } from "../../model/loaded.tsx";
import { queries } from "../../model/services.ts";
import { texts } from "../../texts/student/index.ts";
import { loadOwnFaults, type Fault } from "./api.ts";
import { FaultRow } from "./fault-row.tsx";

const KEY = ["faults", "mine"];
const refresh = (): void => void queries.invalidateQueries({ queryKey: KEY });

/** What this person has reported, and what became of it. */
export function OwnReports() {
  const pages = usePages<Fault>(KEY, loadOwnFaults);
  useFrames(["fault_reported", "fault_updated"], refresh);
  // Nobody listened while the page was closed.
  useEffect(() => {
    if (queries.getQueryState(KEY)?.status === "success") refresh();
  }, []);
  return (
    <section className="mt-10">
      <h2 className="mb-2 text-lg font-bold">{texts.report.mine}</h2>
      <Paged pages={pages} empty={texts.report.noneOfMine}>
        {(items) => (
          <ul className="divide-y divide-line rounded-2xl border border-line bg-card">
            {items.map((fault) => (
              <FaultRow key={fault.id} fault={fault} named />
            ))}
          </ul>
        )}
      </Paged>
    </section>
  );
}
