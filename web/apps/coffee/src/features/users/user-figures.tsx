import { FigureCards, Skeleton } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";

import { minutesText, numberText, shareText } from "../../model/figures.ts";
import { Loaded } from "../../model/loaded.tsx";
import { texts } from "../../texts/lead/index.ts";
import { getStats } from "./api.ts";

const { head, shiftHead } = texts.performance;

/** What somebody has done in this event, in short. */
export function UserFigures({ id }: { readonly id: string }) {
  const query = useQuery({ queryKey: ["stats", "person", id], queryFn: () => getStats(id), refetchOnMount: "always" });
  return (
    <Loaded query={query} skeleton={<Skeleton className="h-32" />}>
      {({ orders_completed, median_make_seconds, on_time_rate, orders_per_hour, shifts }) => (
        <FigureCards
          className="grid-cols-2"
          figures={[
            { name: head.cups, value: numberText(orders_completed) },
            { name: head.pace, value: numberText(orders_per_hour) },
            { name: head.make, value: minutesText(median_make_seconds) },
            { name: head.onTime, value: shareText(on_time_rate) },
            { name: shiftHead.worked, value: `${shifts.worked} / ${shifts.planned}` },
            { name: shiftHead.late, value: numberText(shifts.late) },
          ]}
        />
      )}
    </Loaded>
  );
}
