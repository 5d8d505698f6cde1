import type { MachineType } from "@livefloor/api/laundry";
import { Skeleton } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";

import { useFrames } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { queries } from "../../model/services.ts";
import { texts } from "../../texts/index.ts";
import { loadFaultsOf } from "./api.ts";
import { FaultRow } from "./fault-row.tsx";

/** What was reported of this machine lately, the newest first. */
export function LastFaults({ type, number }: { readonly type: MachineType; readonly number: number }) {
  const queryKey = ["faults", "of", type, number];
  const query = useQuery({ queryKey, queryFn: () => loadFaultsOf(type, number), refetchOnMount: "always" });
  useFrames(["fault_reported", "fault_updated"], () => void queries.invalidateQueries({ queryKey }));
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold">{texts.faults.last}</h3>
      <Loaded query={query} skeleton={<Skeleton className="h-16" />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-sm text-muted">{texts.faults.none}</p>
          ) : (
            <ul className="divide-y divide-line rounded-2xl border border-line">
              {items.map((fault) => (
                <FaultRow key={fault.id} fault={fault} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
