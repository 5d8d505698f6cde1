import { Button, Notice, Refusal, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct } from "../../model/hooks.ts";
import type { Shift } from "../../model/schedules.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/shifts/index.ts";
import { attend, dropShift } from "./api.ts";

/** What an organiser does with a shift beside changing it: check in or out in somebody's place, take it back. */
export function ShiftActs({ shift, onDone }: { readonly shift: Shift; readonly onDone: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const { sheet } = texts;
  const come = useAct(attend, onDone);
  const drop = useAct(dropShift, () => {
    toast(sheet.dropped(shift.user_name), "good");
    onDone();
  });
  const error = come.error ?? drop.error;
  const isAtWork = shift.status === "checked_in" || shift.status === "on_break";
  const canCome = shift.status === "planned" || shift.status === "no_show";
  if (!isAtWork && !canCome) return null;
  return (
    <div className="mt-4 flex flex-col gap-2 border-t border-line pt-4">
      <Refusal error={error} />
      {canCome && (
        <Button look="soft" busy={come.isPending && texts.shift.checkingIn} onClick={() => come.mutate({ id: shift.id, act: "check-in" })}>
          {sheet.checkIn(shift.user_name)}
        </Button>
      )}
      {isAtWork && (
        <Button look="soft" busy={come.isPending && texts.shift.checkingOut} onClick={() => come.mutate({ id: shift.id, act: "check-out" })}>
          {sheet.checkOut(shift.user_name)}
        </Button>
      )}
      {canCome && !isAsked && (
        <Button look="danger" onClick={() => setAsked(true)}>
          {sheet.drop}
        </Button>
      )}
      {isAsked && (
        <Notice tone="danger" role="alert">
          <p className="mb-2 text-base font-bold">{sheet.dropTitle(shift.user_name)}</p>
          <div className="flex flex-wrap gap-2">
            <Button look="danger" busy={drop.isPending && sheet.dropping} onClick={() => drop.mutate(shift.id)}>
              {sheet.drop}
            </Button>
            <Button look="quiet" onClick={() => setAsked(false)}>
              {common.cancel}
            </Button>
          </div>
        </Notice>
      )}
    </div>
  );
}
