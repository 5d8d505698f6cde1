import { Countdown, EmptyState, Notice, Porthole, buttonClass } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import { useMachines, useViewer } from "../../model/hooks.ts";
import { isOverdue, isOwn, lookOf, progressOf } from "../../model/machines.ts";
import { timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import { describe } from "./describe.ts";
import { OwnCycle } from "./own-cycle.tsx";

/** The machines with this person's laundry, each with its acts. */
export function MyMachines() {
  const viewer = useViewer();
  const own = useMachines().filter((machine) => isOwn(machine, viewer.userId));
  if (own.length === 0) {
    return (
      <div className="flex flex-col gap-3">
        <EmptyState>{texts.mine.empty}</EmptyState>
        <Link to="/" className={buttonClass("soft")}>
          {texts.mine.toRoom}
        </Link>
      </div>
    );
  }
  return (
    <ul className="flex flex-col gap-3">
      {own.map((machine) => {
        const { word, phrase } = describe(machine, viewer);
        const name = texts.machine(machine.machine_type, machine.machine_id);
        return (
          <li key={machine.id} className="rounded-3xl border border-line bg-card p-4 shadow-card">
            <h2 className="sr-only">{`${name}, ${phrase}`}</h2>
            <div className="mb-4 flex items-center gap-4">
              <Porthole number={machine.machine_id} look={lookOf(machine, viewer)} progress={progressOf(machine, viewer.now)} className="size-20" />
              <div className="min-w-0">
                <p className="text-sm font-semibold text-muted">
                  {name} · {word}
                </p>
                {machine.status === "in_use" && machine.ends_at !== null ? (
                  <>
                    <Countdown until={machine.ends_at} className="block text-4xl leading-tight font-bold" />
                    <p className="text-sm text-muted">{texts.sheet.runsUntil(timeText(machine.ends_at))}</p>
                  </>
                ) : (
                  machine.pickup_deadline !== null && (
                    <Notice tone="done">{isOverdue(machine, viewer.now) ? texts.sheet.collectNow : texts.sheet.collectBy(timeText(machine.pickup_deadline))}</Notice>
                  )
                )}
              </div>
            </div>
            <OwnCycle machine={machine} disabled={viewer.offline} />
          </li>
        );
      })}
    </ul>
  );
}
