import type { OrderView } from "@livefloor/api/coffee";
import { EmptyState, Table } from "@livefloor/ui";

import { MilkMark } from "../../model/milk-mark.tsx";
import { texts } from "../../texts/group/index.ts";
import { texts as common } from "../../texts/index.ts";
import { GroupActs } from "./group-acts.tsx";
import { GroupCode } from "./group-code.tsx";
import { factsOf } from "./group-list.tsx";
import type { CrewGroup } from "./queries.ts";

const { page: words } = texts;

interface GroupViewProps {
  readonly group: CrewGroup;
  readonly milkName: (code: string) => string;
}

/** One group: its code, how far it is, and its cups. */
export function GroupView({ group, milkName }: GroupViewProps) {
  const { group_order, orders, counts, progress_pct } = group;
  const { code, group_name, contact_name, contact_phone_masked, status, notes } = group_order;
  const statuses = common.queue.statuses;
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return (
    <div className="flex flex-col gap-5">
      <div>
        <h1 className="text-2xl font-bold wrap-anywhere">{group_name}</h1>
        <p className="mt-1 text-muted">
          <span className="font-semibold text-ink">{texts.statuses[status]}</span> · {factsOf(group_order)} · {words.contact([contact_name, contact_phone_masked].filter(Boolean).join(", "))}
        </p>
        {notes !== "" && <p className="mt-1">{`${words.notes}: ${notes}`}</p>}
      </div>
      <GroupActs group={group} />
      <div className="grid items-start gap-5 lg:grid-cols-[1fr_24rem]">
        <div className="flex flex-col gap-4">
          <div>
            <div className="flex items-baseline justify-between gap-3">
              <span id="progress" className="font-semibold">
                {words.progress}
              </span>
              <span className="font-bold">{words.percent(progress_pct)}</span>
            </div>
            <progress aria-labelledby="progress" max={100} value={progress_pct} className="mt-1 h-3 w-full overflow-hidden rounded-full accent-free [&::-webkit-progress-bar]:bg-off-soft [&::-webkit-progress-value]:bg-free" />
            <p className="mt-1 text-muted">{parts.map(([state, count]) => `${count} ${statuses[state as keyof typeof statuses]}`).join(" · ")}</p>
          </div>
          {orders.length === 0 ? (
            <EmptyState>{words.empty}</EmptyState>
          ) : (
            <Table
              caption={group_name}
              rows={orders}
              rowKey={({ id }) => id}
              columns={[
                { key: "number", head: words.number, cell: ({ number }) => <strong>{number}</strong> },
                { key: "name", head: words.guest, cell: ({ customer_name }) => customer_name },
                {
                  key: "drink",
                  head: words.drink,
                  cell: ({ size, drink_name, milk, allergies }) => (
                    <span className="inline-flex items-center gap-2">
                      {milk !== null && <MilkMark milk={milk} name={milkName(milk.code)} className="size-8 rounded-lg text-sm" />}
                      <span>
                        {common.sized(size, drink_name)}
                        {allergies.length > 0 && (
                          <span className="block font-semibold text-danger">{common.station.allergy(allergies.map((one) => common.allergens[one as keyof typeof common.allergens]).join(", "))}</span>
                        )}
                      </span>
                    </span>
                  ),
                },
                // Cups of an open group are held somewhere; where they are made is decided when it is handed in.
                ...(status === "open" ? [] : [{ key: "station", head: words.station, cell: ({ station_name }: OrderView) => station_name }]),
                { key: "state", head: words.state, cell: ({ status: state }) => statuses[state] },
              ]}
            />
          )}
        </div>
        <GroupCode code={code} name={group_name} isOpen={status === "open"} />
      </div>
    </div>
  );
}
