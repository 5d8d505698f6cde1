import { Check, toast } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useAct } from "../../model/hooks.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { ActForm, fieldError, isSaid } from "./act-form.tsx";
import { enableMachine, getMachine, placeOf } from "./api.ts";
import type { ActProps } from "./reason-act.tsx";
import { ReasonField } from "./reason-field.tsx";

const { acts } = texts;
const FIELDS = ["resolution"];

/** Put a machine back to work: a text in one tap, and which reports were mistaken. */
export function EnableForm({ machine, disabled, onDone }: ActProps) {
  const [resolution, setResolution] = useState("");
  const [mistaken, setMistaken] = useState<readonly string[]>([]);
  const { data } = useQuery({
    queryKey: ["desk machine", machine.machine_type, machine.machine_id, machine.version, machine.report_count],
    queryFn: () => getMachine(placeOf(machine)),
    enabled: machine.report_count > 0,
  });
  const reports = data?.open_reports ?? [];
  const dismissed = reports.filter(({ id }) => mistaken.includes(id)).map(({ id }) => id);
  const send = useAct(enableMachine, () => {
    toast(acts.done.enable(shared.machine(machine.machine_type, machine.machine_id)), "good");
    onDone();
  });
  return (
    <ActForm
      text={acts.enable.text}
      submit={acts.names.enable}
      disabled={disabled || !isSaid(resolution)}
      busy={send.isPending}
      error={send.error}
      fields={FIELDS}
      onSubmit={() => send.mutate({ place: placeOf(machine), resolution: resolution.trim(), dismiss_ids: dismissed })}
    >
      <ReasonField
        label={acts.enable.label}
        hint={acts.enable.hint}
        suggestions={acts.enable.suggestions}
        value={resolution}
        maxLength={500}
        error={fieldError(send.error, "resolution")}
        onChange={setResolution}
      />
      {reports.length > 0 && (
        <details className="rounded-2xl border border-line">
          <summary className="flex min-h-12 cursor-pointer items-center px-4 text-sm font-semibold">{acts.enable.wrong}</summary>
          <div role="group" aria-label={acts.enable.wrong} className="flex flex-col gap-2 px-4 pb-4">
            <p className="text-sm text-muted">{acts.enable.wrongHint}</p>
            {reports.map(({ id, kind, description }) => (
              <Check
                key={id}
                label={acts.enable.report(shared.faults.kinds[kind], description)}
                checked={mistaken.includes(id)}
                onChange={(event) => setMistaken(event.target.checked ? [...mistaken, id] : mistaken.filter((other) => other !== id))}
              />
            ))}
          </div>
        </details>
      )}
    </ActForm>
  );
}
