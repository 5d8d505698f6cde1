import { cx, useNow } from "@livefloor/ui";

import { Photo } from "../../model/photo.tsx";
import { whenText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import type { Fault } from "./api.ts";

const STATES: Record<Fault["status"], string> = {
  open: "bg-done-soft text-done",
  acknowledged: "bg-running-soft text-running",
  resolved: "bg-free-soft text-free",
  dismissed: "bg-off-soft text-ink",
};

interface FaultRowProps {
  readonly fault: Fault;
  /** Say which machine; left out where the machine is known. */
  readonly named?: boolean;
}

/** One report: what, where, since when, and what became of it. */
export function FaultRow({ fault, named = false }: FaultRowProps) {
  const now = useNow(60_000);
  const { faults, machine, photo } = texts;
  const name = machine(fault.machine_type, fault.machine_id);
  return (
    <li className="px-4 py-3 text-sm">
      <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
        <span className="font-semibold">{named ? `${name} · ${faults.kinds[fault.kind]}` : faults.kinds[fault.kind]}</span>
        <span className={cx("rounded-md px-1.5 py-0.5 text-xs font-semibold", STATES[fault.status])}>{faults.states[fault.status]}</span>
        <time dateTime={fault.created_at} className="ml-auto text-xs whitespace-nowrap text-muted">
          {whenText(fault.created_at, now)}
        </time>
      </p>
      <p className="mt-1 wrap-anywhere text-muted">{fault.description}</p>
      {fault.photo_url !== null && (
        <div className="mt-2">
          <Photo path={fault.photo_url} alt={photo.faultAlt(name)} />
        </div>
      )}
    </li>
  );
}
