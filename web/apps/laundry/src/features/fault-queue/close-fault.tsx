import { Problem } from "@livefloor/api";
import { Button, Choices, Notice, Sheet, Suggestions, TextArea, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { useAct, useFrames, useMachine, useSession, useViewer } from "../../model/hooks.ts";
import { machineKey } from "../../model/machines.ts";
import { queries } from "../../model/services.ts";
import { reasonOf, texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { findFault, handleFault, type Fault, type Handling } from "./api.ts";

const { faults } = texts;
const { sheet } = faults;

type Ending = "resolved" | "dismissed";

const isClosed = ({ status }: Fault): boolean => status === "resolved" || status === "dismissed";
const isOutdated = (error: unknown): boolean => error instanceof Problem && (error.isStale || error.code === "already_closed");

interface CloseFaultProps {
  /** The report as it was when the sheet was opened: the list below may lose it meanwhile. */
  readonly fault: Fault;
  readonly whoOf: (fault: Fault) => string;
  readonly onLeave: () => void;
}

/** Resolve or dismiss a report. When a colleague is faster, what was typed stays and what they did is shown. */
export function CloseFault({ fault: opened, whoOf, onLeave }: CloseFaultProps) {
  const { offline } = useViewer(60_000);
  const [ending, setEnding] = useState<Ending>("resolved");
  const [note, setNote] = useState("");
  const { fault, isOvertaken, look } = useFresh(opened);
  const name = shared.machine(fault.machine_type, fault.machine_id);

  const send = useAct(
    async (said: Handling) => {
      try {
        return await handleFault(said);
      } catch (error) {
        if (isOutdated(error)) await look();
        throw error;
      }
    },
    () => {
      void queries.invalidateQueries({ queryKey: ["faults"] });
      toast(sheet.sent[ending], "good");
      onLeave();
    },
  );
  const noteError = send.error instanceof Problem ? send.error.fields.note : undefined;
  const failure = send.error !== null && !isOutdated(send.error) && noteError === undefined ? send.error : null;
  const isMissing = ending === "dismissed" && note.trim() === "";

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isMissing) send.mutate({ id: fault.id, status: ending, note: note.trim() === "" ? null : note.trim(), version: fault.version });
  };

  return (
    <Sheet title={sheet.title(shared.faults.kinds[fault.kind])} description={`${name} · ${fault.description}`} closeLabel={shared.close} onClose={onLeave}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {isOvertaken && <Overtaken fault={fault} who={whoOf(fault)} />}
        <Choices
          legend={sheet.how}
          value={ending}
          onChange={setEnding}
          choices={[
            { value: "resolved", label: sheet.resolved },
            { value: "dismissed", label: sheet.dismissed },
          ]}
        />
        <Suggestions label={texts.acts.suggestions} texts={sheet.suggestions[ending]} value={note} onPick={setNote} />
        <TextArea
          label={sheet.note}
          hint={ending === "dismissed" ? sheet.noteNeeded : sheet.noteHint}
          error={noteError}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <StillOff fault={fault} />
        {failure !== null && (
          <Notice tone="danger" role="alert">
            {reasonOf(failure)}
          </Notice>
        )}
        <div className="flex flex-col gap-2">
          <Button type="submit" disabled={offline || isClosed(fault) || isMissing} busy={send.isPending && faults.acknowledging}>
            {sheet.send[ending]}
          </Button>
          <Button look="quiet" onClick={onLeave}>
            {sheet.cancel}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}

interface Fresh {
  readonly fault: Fault;
  readonly isOvertaken: boolean;
  readonly look: () => Promise<void>;
}

/** A report that follows what others do with it while it is open here. */
function useFresh(opened: Fault): Fresh {
  const me = useSession()?.user.id;
  const [fault, setFault] = useState(opened);
  const look = async (): Promise<void> => {
    const fresh = await findFault(opened);
    if (fresh !== undefined) setFault(fresh);
  };
  useFrames(["fault_updated"], (frame) => {
    if ((frame.data as { id: string }).id === opened.id) void look().catch(() => undefined);
  });
  return { fault, isOvertaken: fault.version !== opened.version && fault.handled_by !== me, look };
}

function Overtaken({ fault, who }: { readonly fault: Fault; readonly who: string }) {
  return (
    <Notice tone="held" role="alert">
      {sheet.faster(who, faults.statuses[fault.status])} {fault.note != null && fault.note !== "" && faults.note(fault.note)}
      <span className="mt-1 block">{isClosed(fault) ? sheet.closed : sheet.kept}</span>
    </Notice>
  );
}

/** Closing reports one by one does not put the machine back to work. */
function StillOff({ fault }: { readonly fault: Fault }) {
  const machine = useMachine(machineKey(fault));
  return machine?.status === "disabled" ? <p className="text-sm text-muted">{sheet.stillOff}</p> : null;
}
