import type { Machine } from "@livefloor/api/laundry";
import { Button, Countdown, Notice, Porthole, Sheet, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useViewer } from "../../model/hooks.ts";
import { isOverdue, lookOf, progressOf } from "../../model/machines.ts";
import { dateText, timeText, whenText } from "../../model/times.ts";
import { reasonOf, texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { nudgeOwner, placeOf, reportStatus, type Seen } from "./api.ts";
import { ClearForm } from "./clear-form.tsx";
import { describe } from "./describe.ts";
import { EnableForm } from "./enable-form.tsx";
import { actsFor, type Act } from "./needs.ts";
import { CycleForm, DisableForm, EmptyForm, type ActProps } from "./reason-act.tsx";

const { acts } = texts;
const SEEN: Partial<Record<Act, Seen>> = { running: "running", full: "full", walkUpEmpty: "empty" };

/** One machine and all that staff may do with it now; the act to do next stands open. */
export function MachineActs({ machine, onClose }: { readonly machine: Machine; readonly onClose: () => void }) {
  const viewer = useViewer();
  const { next, all } = actsFor(machine, viewer.now);
  const [picked, setPicked] = useState<Act | null>(null);
  const open = picked !== null && all.includes(picked) ? picked : next;
  const others = all.filter((act) => act !== open);
  return (
    <Sheet
      title={shared.machine(machine.machine_type, machine.machine_id)}
      description={[describe(machine, viewer).word, machine.location].filter(Boolean).join(" · ")}
      icon={<Porthole number={machine.machine_id} look={lookOf(machine, viewer)} progress={progressOf(machine, viewer.now)} />}
      closeLabel={shared.close}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        {viewer.offline && <Notice tone="off">{acts.offline}</Notice>}
        <Facts machine={machine} now={viewer.now} />
        {open !== null && (
          <section aria-labelledby="desk-act">
            <h3 id="desk-act" className="mb-1 font-bold">
              {acts.names[open]}
            </h3>
            <OpenAct key={open} act={open} machine={machine} disabled={viewer.offline} onDone={onClose} />
          </section>
        )}
        {others.length > 0 && (
          <section aria-label={acts.more} className="flex flex-col gap-2">
            {open !== null && <h3 className="text-sm font-semibold text-muted">{acts.more}</h3>}
            {others.map((act) => (
              <OtherAct key={act} act={act} machine={machine} disabled={viewer.offline} onPick={() => setPicked(act)} onDone={onClose} />
            ))}
          </section>
        )}
      </div>
    </Sheet>
  );
}

function OpenAct({ act, ...props }: ActProps & { readonly act: Act }) {
  switch (act) {
    case "enable":
      return <EnableForm {...props} />;
    case "clear":
      return <ClearForm {...props} />;
    case "empty":
      return <EmptyForm {...props} />;
    case "disable":
      return <DisableForm {...props} />;
    case "end":
    case "cancel":
    case "collected":
      return <CycleForm act={act} {...props} />;
    default:
      return null;
  }
}

interface OtherActProps extends ActProps {
  readonly act: Act;
  readonly onPick: () => void;
}

/** A further act: some are done with the tap, the others ask first. */
function OtherAct({ act, machine, disabled, onPick, onDone }: OtherActProps) {
  const name = shared.machine(machine.machine_type, machine.machine_id);
  const seen = SEEN[act];
  const nudge = useAct(nudgeOwner, () => toast(acts.done.nudge(), "good"));
  const report = useAct(reportStatus, () => {
    toast(acts.done.seen(name), "good");
    onDone();
  });
  const failure = nudge.error ?? report.error;
  const press = (): void => {
    if (seen !== undefined) report.mutate({ ...placeOf(machine), seen });
    else if (act === "nudge") nudge.mutate(placeOf(machine));
    else onPick();
  };
  return (
    <>
      {failure !== null && (
        <Notice tone="danger" role="alert">
          {reasonOf(failure)}
        </Notice>
      )}
      <Button look={act === "disable" ? "danger" : "quiet"} disabled={disabled} busy={(nudge.isPending || report.isPending) && acts.saving} onClick={press}>
        {acts.names[act]}
      </Button>
    </>
  );
}

function Facts({ machine, now }: { readonly machine: Machine; readonly now: number }) {
  const { facts } = acts;
  const who = machine.in_use_by ?? facts.somebody;
  switch (machine.status) {
    case "in_use":
      return (
        <div className="flex items-center justify-between gap-3 rounded-2xl bg-running-soft px-4 py-3 text-sm font-medium text-running">
          <p>{facts.running(who, timeText(machine.ends_at ?? now))}</p>
          {machine.ends_at !== null && <Countdown until={machine.ends_at} className="text-3xl font-bold" />}
        </div>
      );
    case "completed": {
      const limit = isOverdue(machine, now) ? facts.late : facts.deadline(timeText(machine.pickup_deadline ?? now));
      const held = machine.hold === null ? "" : shared.sheet.heldForOther(timeText(machine.hold.expires_at));
      return <Notice tone="done">{[facts.done(who, whenText(machine.completed_at ?? now, now)), limit, held].filter(Boolean).join(" ")}</Notice>;
    }
    case "disabled": {
      const out = machine.out_of_order;
      if (out === null) return null;
      const back = out.expected_back_at === null ? "" : facts.back(dateText(out.expected_back_at));
      return <Notice tone="off">{[facts.off(dateText(out.since), sentence(out.reason)), back, machine.laundry_inside && facts.inside].filter(Boolean).join(" ")}</Notice>;
    }
    case "available":
      return <Notice tone={machine.hold === null ? "free" : "held"}>{machine.hold === null ? facts.free : facts.held(timeText(machine.hold.expires_at))}</Notice>;
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
