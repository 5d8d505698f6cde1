import type { Machine } from "@livefloor/api/laundry";
import { Button, buttonClass, Countdown, Notice, Porthole, Refusal, Sheet, toast, WarningIcon } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useAct, useSession, useViewer } from "../../model/hooks.ts";
import { isFree, isHeldFor, isOverdue, isOwn, lookOf, progressOf, type Viewer } from "../../model/machines.ts";
import { dateText, timeText, whenText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import { nudgeOwner, placeOf } from "./api.ts";
import { describe } from "./describe.ts";
import { OwnCycle } from "./own-cycle.tsx";
import { ReleaseForm } from "./release-form.tsx";
import { RoomTruth } from "./room-truth.tsx";
import { StartForm } from "./start-form.tsx";

interface MachineSheetProps {
  readonly machine: Machine;
  /** What to offer while this machine cannot be had. */
  readonly alternative: ReactNode;
  /** What was reported of it lately. */
  readonly faults: ReactNode;
  readonly onClose: () => void;
}

/** State of one machine and what this person may do with it now. */
export function MachineSheet({ machine, alternative, faults, onClose }: MachineSheetProps) {
  const viewer = useViewer();
  const isStudent = useSession()?.user.role === "student";
  const { word } = describe(machine, viewer);
  return (
    <Sheet
      title={texts.machine(machine.machine_type, machine.machine_id)}
      description={[word, machine.location].filter(Boolean).join(" · ")}
      icon={<Porthole number={machine.machine_id} look={lookOf(machine, viewer)} progress={progressOf(machine, viewer.now)} />}
      closeLabel={texts.close}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        {viewer.offline && <Notice tone="off">{texts.sheet.offline}</Notice>}
        <Facts machine={machine} viewer={viewer} />
        {isStudent && <Acts machine={machine} viewer={viewer} onClose={onClose} />}
        {isStudent && !isWithinReach(machine, viewer.userId) && alternative}
        {isStudent && <RoomTruth machine={machine} disabled={viewer.offline} />}
        <Link to="/report" search={{ type: machine.machine_type, number: machine.machine_id }} className={buttonClass("quiet")}>
          <WarningIcon className="size-5" />
          {texts.sheet.report}
        </Link>
        {faults}
      </div>
    </Sheet>
  );
}

/** This person has it already, or may start it now. */
function isWithinReach(machine: Machine, userId: string): boolean {
  return isOwn(machine, userId) || isHeldFor(machine, userId) || isFree(machine);
}

function Facts({ machine, viewer }: { readonly machine: Machine; readonly viewer: Viewer }) {
  const { sheet } = texts;
  const { now, userId } = viewer;
  const own = isOwn(machine, userId);
  switch (machine.status) {
    case "in_use":
      return (
        <div className="rounded-2xl bg-running-soft px-4 py-4 text-center text-running">
          <p className="text-sm font-medium">{sheet.timeLeft}</p>
          {machine.ends_at !== null && <Countdown until={machine.ends_at} className="block text-5xl font-bold" />}
          <p className="mt-1 text-sm font-medium">
            {machine.ends_at !== null && sheet.runsUntil(timeText(machine.ends_at))}
            {!own && <span> · {machine.in_use_by === null ? texts.tile.walkUp : texts.tile.by(machine.in_use_by)}</span>}
          </p>
        </div>
      );
    case "completed": {
      const deadline = machine.pickup_deadline ?? machine.completed_at ?? now;
      const late = isOverdue(machine, now);
      const forOwner = late ? sheet.collectNow : sheet.collectBy(timeText(deadline));
      const forOthers = late ? "" : sheet.graceUntil(timeText(deadline));
      return (
        <Notice tone="done">
          {sheet.doneAt(whenText(machine.completed_at ?? now, now))} {own ? forOwner : forOthers} <HoldText machine={machine} userId={userId} />
        </Notice>
      );
    }
    case "disabled":
      return (
        <Notice tone="off">
          {machine.out_of_order !== null && (
            <>
              <p>{sheet.disabled(dateText(machine.out_of_order.since))}</p>
              <p>{machine.out_of_order.reason}</p>
              {machine.out_of_order.expected_back_at !== null && <p>{sheet.expectedBack(dateText(machine.out_of_order.expected_back_at))}</p>}
            </>
          )}
          {own && <p className="mt-1">{sheet.loadInsideOff}</p>}
        </Notice>
      );
    case "available":
      return machine.hold === null ? null : (
        <Notice tone={isHeldFor(machine, userId) ? "info" : "held"}>
          <HoldText machine={machine} userId={userId} />
        </Notice>
      );
  }
}

function HoldText({ machine, userId }: { readonly machine: Machine; readonly userId: string }) {
  const hold = machine.hold;
  if (hold === null) return null;
  const time = timeText(hold.expires_at);
  if (hold.user_id === userId) return texts.sheet.keptForYou(time);
  return hold.reason === "finder" ? texts.sheet.heldByFinder(time) : texts.sheet.heldForOther(time);
}

function Acts({ machine, viewer, onClose }: { readonly machine: Machine; readonly viewer: Viewer; readonly onClose: () => void }) {
  const { userId, now, offline } = viewer;
  const isFreeForMe = machine.hold === null || isHeldFor(machine, userId);
  if (isOwn(machine, userId)) return <OwnCycle machine={machine} disabled={offline} onDone={onClose} />;
  if (machine.status === "available" && isFreeForMe) return <StartForm machine={machine} onStarted={onClose} />;
  if (machine.status !== "completed") return null;
  return (
    <>
      {isOverdue(machine, now) && isFreeForMe && <ReleaseForm machine={machine} disabled={offline} />}
      {machine.current_user_id !== null && <Nudge machine={machine} disabled={offline} />}
    </>
  );
}

function Nudge({ machine, disabled }: { readonly machine: Machine; readonly disabled: boolean }) {
  const nudge = useAct(nudgeOwner, () => toast(texts.sheet.nudged, "good"));
  return (
    <div className="flex flex-col gap-2">
      <Refusal error={nudge.error} />
      <Button look="quiet" disabled={disabled} busy={nudge.isPending && texts.sheet.nudging} onClick={() => nudge.mutate(placeOf(machine))}>
        {texts.sheet.nudge}
      </Button>
    </div>
  );
}
