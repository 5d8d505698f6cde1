import type { Machine } from "@livefloor/api/laundry";
import { Button, buttonClass, EmptyState, Porthole } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useMachines, useMeta, useViewer } from "../../model/hooks.ts";
import { isOverdue, lookOf, machineKey, type Viewer } from "../../model/machines.ts";
import { dateText, timeText } from "../../model/times.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { minutesSince } from "./describe.ts";
import { needsOf } from "./needs.ts";

const { desk } = texts;
const nameOf = (machine: Machine): string => shared.machine(machine.machine_type, machine.machine_id);

/** What waits for somebody of the staff: left loads, reports, broken machines. */
export function NeedsPanel({ onOpen }: { readonly onOpen: (machine: Machine) => void }) {
  const viewer = useViewer(10_000);
  const { data: meta } = useMeta();
  const { loads, reported, broken } = needsOf(useMachines(), viewer.now);
  const open = (machine: Machine, text: string) => (
    <Button look="soft" aria-label={`${text}: ${nameOf(machine)}`} className="grow px-4 text-sm sm:grow-0" onClick={() => onOpen(machine)}>
      {text}
    </Button>
  );
  return (
    <div className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-3">
      <NeedsCard title={desk.leftLoads} empty={desk.noLoads} machines={loads}>
        {(machine) => <NeedsRow machine={machine} viewer={viewer} lines={loadLines(machine, viewer.now)} act={open(machine, desk.putAway)} />}
      </NeedsCard>
      <NeedsCard title={desk.reports} empty={desk.noReports} machines={reported}>
        {(machine) => (
          <NeedsRow
            machine={machine}
            viewer={viewer}
            lines={[desk.reportsOf(machine.report_count, meta?.fault_report_disable_threshold)]}
            act={
              <Link to="/faults" search={{ machine: machineKey(machine) }} aria-label={`${desk.look}: ${nameOf(machine)}`} className={buttonClass("soft", "grow px-4 text-sm sm:grow-0")}>
                {desk.look}
              </Link>
            }
          />
        )}
      </NeedsCard>
      <NeedsCard title={desk.outOfOrder} empty={desk.allWork} machines={broken}>
        {(machine) => <NeedsRow machine={machine} viewer={viewer} lines={brokenLines(machine, viewer.now)} act={open(machine, desk.enable)} />}
      </NeedsCard>
    </div>
  );
}

function loadLines(machine: Machine, now: number): readonly string[] {
  const done = desk.doneFor(minutesSince(machine.completed_at, now));
  const whose = machine.in_use_by === null ? desk.walkUp : desk.of(machine.in_use_by);
  const held = machine.hold === null ? [] : [desk.nextHasIt];
  if (machine.status === "disabled") return [done, whose, desk.inBroken];
  const time = isOverdue(machine, now) ? desk.graceOver : desk.ownerUntil(timeText(machine.pickup_deadline ?? now));
  return [done, whose, time, ...held];
}

function brokenLines({ out_of_order: out }: Machine, now: number): readonly string[] {
  if (out === null) return [];
  const back = out.expected_back_at;
  const when = back === null ? desk.notKnown : Date.parse(back) < now ? desk.backLate(dateText(back)) : desk.back(dateText(back));
  return [out.reason, desk.since(dateText(out.since)), when];
}

interface NeedsCardProps {
  readonly title: string;
  readonly empty: string;
  readonly machines: readonly Machine[];
  readonly children: (machine: Machine) => ReactNode;
}

function NeedsCard({ title, empty, machines, children }: NeedsCardProps) {
  return (
    <section aria-label={title} className="rounded-3xl border border-line bg-card p-4 shadow-card">
      <h3 className="mb-2 flex items-baseline justify-between gap-2 font-bold">
        {title}
        {machines.length > 0 && <span className="text-sm text-muted">{machines.length}</span>}
      </h3>
      {machines.length === 0 ? (
        <EmptyState>{empty}</EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {machines.map((machine) => (
            <li key={machine.id} className="py-2 first:pt-0 last:pb-0">
              {children(machine)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface NeedsRowProps {
  readonly machine: Machine;
  readonly viewer: Viewer;
  readonly lines: readonly string[];
  readonly act: ReactNode;
}

function NeedsRow({ machine, viewer, lines, act }: NeedsRowProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Porthole number={machine.machine_id} look={lookOf(machine, viewer)} className="size-11" />
      <div className="min-w-0 flex-1 basis-44">
        <p className="leading-tight font-semibold">{nameOf(machine)}</p>
        <p className="text-sm leading-snug text-muted">{lines.join(" · ")}</p>
      </div>
      {act}
    </div>
  );
}
