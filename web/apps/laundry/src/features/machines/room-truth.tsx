import type { Machine } from "@livefloor/api/laundry";
import { Button, Refusal, toast } from "@livefloor/ui";

import { useAct } from "../../model/hooks.ts";
import { texts } from "../../texts/index.ts";
import { placeOf, reportStatus, type Seen } from "./api.ts";

/** What may stand in the room while the board shows this: only what the server would take. */
function possible(machine: Machine): readonly Seen[] {
  switch (machine.status) {
    case "available":
      return ["running", "full"];
    case "completed":
      return ["running"];
    case "in_use":
      return machine.source === "walk_up" ? ["empty"] : [];
    case "disabled":
      return [];
  }
}

/** Say what is really there: loads started by hand, machines that go on, drums that are empty. */
export function RoomTruth({ machine, disabled }: { readonly machine: Machine; readonly disabled: boolean }) {
  const report = useAct(reportStatus, () => toast(texts.truth.thanks, "good"));
  const choices = possible(machine);
  if (choices.length === 0) return null;
  return (
    <details className="rounded-2xl border border-line">
      <summary className="flex min-h-12 cursor-pointer items-center px-4 text-sm font-semibold text-muted">{texts.truth.question}</summary>
      <div className="flex flex-col gap-2 px-4 pb-4">
        <p className="text-sm text-muted">{texts.truth.text}</p>
        <Refusal error={report.error} />
        {choices.map((seen) => (
          <Button
            key={seen}
            look="quiet"
            disabled={disabled || report.isPending}
            busy={report.isPending && report.variables.seen === seen && texts.truth.saving}
            onClick={() => report.mutate({ ...placeOf(machine), seen })}
          >
            {texts.truth.seen[seen]}
          </Button>
        ))}
      </div>
    </details>
  );
}
