import type { Machine } from "@livefloor/api/laundry";
import { Check, Field, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useMeta } from "../../model/hooks.ts";
import { noonOf } from "@livefloor/base/wall";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { ActForm, fieldError, isSaid } from "./act-form.tsx";
import { cancelCycle, disableMachine, endCycle, placeOf, releaseEmpty } from "./api.ts";
import { ReasonField } from "./reason-field.tsx";

const { acts } = texts;
const FIELDS = ["reason"];

export interface ActProps {
  readonly machine: Machine;
  readonly disabled: boolean;
  readonly onDone: () => void;
}

type ReasonAct = "end" | "cancel" | "collected";

/** End or cancel somebody's cycle, or say that its owner took it out: always with a reason, which the owner reads. */
export function CycleForm({ act, machine, disabled, onDone }: ActProps & { readonly act: ReasonAct }) {
  const [reason, setReason] = useState("");
  const [isOut, setOut] = useState(false);
  const name = shared.machine(machine.machine_type, machine.machine_id);
  const send = useAct(
    (said: string, key: string) => {
      const of = { ...placeOf(machine), cycle_id: machine.cycle_id, reason: said };
      return act === "cancel" ? cancelCycle(of, key) : endCycle({ ...of, collected: act === "collected" || isOut }, key);
    },
    () => {
      toast(acts.done[act](name), "good");
      onDone();
    },
  );
  return (
    <ActForm
      text={acts[act].text}
      submit={acts.names[act]}
      danger={act !== "collected"}
      disabled={disabled || !isSaid(reason)}
      busy={send.isPending}
      error={send.error}
      fields={FIELDS}
      onSubmit={() => send.mutate(reason.trim())}
    >
      {act === "end" && <Check label={acts.end.out} checked={isOut} onChange={(event) => setOut(event.target.checked)} />}
      <ReasonField
        label={acts.reason}
        hint={acts.reasonHint}
        suggestions={acts[act].suggestions}
        value={reason}
        maxLength={200}
        error={fieldError(send.error, "reason")}
        onChange={setReason}
      />
    </ActForm>
  );
}

/** Take a machine from the board. */
export function DisableForm({ machine, disabled, onDone }: ActProps) {
  const { data: meta } = useMeta();
  const [reason, setReason] = useState("");
  const [day, setDay] = useState("");
  const send = useAct(disableMachine, () => {
    toast(acts.done.disable(shared.machine(machine.machine_type, machine.machine_id)), "good");
    onDone();
  });
  const expected = day === "" ? null : noonOf(day, meta?.timezone ?? "UTC");
  return (
    <ActForm
      text={acts.disable.text}
      submit={acts.names.disable}
      danger
      disabled={disabled || !isSaid(reason)}
      busy={send.isPending}
      error={send.error}
      fields={[...FIELDS, "expected_back_at"]}
      onSubmit={() => send.mutate({ place: placeOf(machine), reason: reason.trim(), expected_back_at: expected })}
    >
      <ReasonField
        label={acts.disable.label}
        hint={acts.disable.hint}
        suggestions={acts.disable.suggestions}
        value={reason}
        maxLength={200}
        error={fieldError(send.error, "reason")}
        onChange={setReason}
      />
      <Field
        type="date"
        label={acts.disable.back}
        hint={acts.disable.backHint}
        error={fieldError(send.error, "expected_back_at")}
        value={day}
        onChange={(event) => setDay(event.target.value)}
      />
    </ActForm>
  );
}

/** Say that a finished load is gone. */
export function EmptyForm({ machine, disabled, onDone }: ActProps) {
  const send = useAct(releaseEmpty, () => {
    toast(acts.done.empty(shared.machine(machine.machine_type, machine.machine_id)), "good");
    onDone();
  });
  return (
    <ActForm
      text={acts.empty.text}
      submit={acts.names.empty}
      disabled={disabled || machine.cycle_id === null}
      busy={send.isPending}
      error={send.error}
      onSubmit={() => machine.cycle_id !== null && send.mutate({ ...placeOf(machine), cycle_id: machine.cycle_id })}
    />
  );
}
