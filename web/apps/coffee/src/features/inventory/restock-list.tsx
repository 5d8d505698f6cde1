import type { RestockView, StationPage } from "@livefloor/api/coffee";
import { whenText } from "@livefloor/base/times";
import { Button, Confirm, EmptyState, Refusal, toast, useNow } from "@livefloor/ui";
import { useState } from "react";

import { useAct } from "../../model/hooks.ts";
import { amountText } from "../../model/stock.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/stock/index.ts";
import { accept, drop } from "./api.ts";
import { DeliverSheet } from "./deliver-sheet.tsx";

const { restock: words } = texts;

interface RestockListProps {
  readonly requests: readonly RestockView[];
  readonly stations: readonly StationPage[];
  readonly names: ReadonlyMap<string, string>;
  readonly unitOf: (code: string) => string;
}

/** What stations ask for: somebody takes it on, and it is delivered in two taps. */
export function RestockList({ requests, stations, names, unitOf }: RestockListProps) {
  const [delivering, setDelivering] = useState<RestockView | null>(null);
  const [dropping, setDropping] = useState<RestockView | null>(null);
  const nameOf = (id: number): string => stations.find((one) => one.id === id)?.name ?? String(id);
  if (requests.length === 0 && delivering === null) return <EmptyState>{words.none}</EmptyState>;
  return (
    <>
      <ul className="grid gap-3 md:grid-cols-2 2xl:grid-cols-3">
        {requests.map((request) => (
          <li key={request.id}>
            <Request
              request={request}
              station={nameOf(request.station_id)}
              unit={unitOf(request.code)}
              names={names}
              onDeliver={() => setDelivering(request)}
              onDrop={() => setDropping(request)}
            />
          </li>
        ))}
      </ul>
      {delivering !== null && <DeliverSheet key={delivering.id} request={delivering} stations={stations} station={nameOf(delivering.station_id)} onClose={() => setDelivering(null)} />}
      {dropping !== null && <DropQuestion request={dropping} station={nameOf(dropping.station_id)} onClose={() => setDropping(null)} />}
    </>
  );
}

interface RequestProps {
  readonly request: RestockView;
  readonly station: string;
  readonly unit: string;
  readonly names: ReadonlyMap<string, string>;
  readonly onDeliver: () => void;
  readonly onDrop: () => void;
}

function Request({ request, station, unit, names, onDeliver, onDrop }: RequestProps) {
  const now = useNow(60_000);
  const taking = useAct(accept);
  const title = words.wants(request.name, station);
  const runner = request.accepted_by === null ? undefined : (names.get(request.accepted_by) ?? words.system);
  return (
    <article className={`flex h-full flex-col gap-2 rounded-tile border bg-card p-4 ${request.urgency === "urgent" ? "border-danger" : "border-line"}`}>
      <div>
        <p className="flex flex-wrap items-baseline gap-x-2">
          <b className="text-lg leading-tight">{title}</b>
          {request.urgency === "urgent" && <span className="rounded-md bg-danger-soft px-1.5 font-bold text-danger">{words.urgent}</span>}
        </p>
        <p className="text-sm text-muted">
          {words.amount(request.quantity === null ? null : amountText(request.quantity, unit))}
          {" · "}
          {words.asked(names.get(request.requested_by ?? "") ?? words.system, whenText(request.created_at, now))}
        </p>
        {runner !== undefined && <p className="font-semibold text-free">{words.accepted(runner)}</p>}
      </div>
      <div className="mt-auto flex flex-wrap gap-2">
        <Button look={runner === undefined ? "soft" : "primary"} aria-label={`${words.deliver}: ${title}`} onClick={onDeliver}>
          {words.deliver}
        </Button>
        {runner === undefined && (
          <Button
            look="quiet"
            busy={taking.isPending && words.accepting}
            aria-label={`${words.accept}: ${title}`}
            onClick={() => taking.mutate(request.id, { onError: (error) => toast(`${title}: ${error.message}`, "bad") })}
          >
            {words.accept}
          </Button>
        )}
        <Button look="quiet" aria-label={`${words.drop}: ${title}`} onClick={onDrop}>
          {words.drop}
        </Button>
      </div>
    </article>
  );
}

function DropQuestion({ request, station, onClose }: { readonly request: RestockView; readonly station: string; readonly onClose: () => void }) {
  const act = useAct(drop, onClose);
  return (
    <Confirm title={words.dropTitle(request.name, station)} text={words.dropText} closeLabel={common.close} onClose={onClose}>
      <Refusal error={act.error} />
      <Button look="danger" busy={act.isPending && words.dropping} onClick={() => act.mutate(request.id)}>
        {words.drop}
      </Button>
      <Button look="quiet" onClick={onClose}>
        {texts.keep}
      </Button>
    </Confirm>
  );
}
