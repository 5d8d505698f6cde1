import { Problem } from "@livefloor/api";
import type { Machine, MachineType } from "@livefloor/api/laundry";
import { Button, Check, Notice, PhotoField, Select, TextArea, useNow } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import type { Place, ResultOf } from "../../model/acts.ts";
import { useMachines, useMeta, useQueuedAct, useViewer } from "../../model/hooks.ts";
import { TYPES } from "../../model/loading.ts";
import { isOwn, machineKey } from "../../model/machines.ts";
import { texts as shared } from "../../texts/index.ts";
import { texts } from "../../texts/student/index.ts";
import type { FaultKind } from "./api.ts";
import { isSafety } from "./kinds.ts";

const SHORTEST = 3;
const LONGEST = 500;
const ABORT_WITHIN_MS = 10 * 60_000;
const PHOTO_CODES = new Set(["photo_too_large", "unsupported_photo", "unreadable_photo", "body_too_large"]);

export type Reported = ResultOf<"report">;

interface ReportFormProps {
  /** The machine of the link that led here, as its key. */
  readonly start: string;
  readonly onReported: (reported: Reported) => void;
  /** The report waits for the server. */
  readonly onQueued: (at: Place) => void;
}

/** Which machine, what is wrong with it, in words and as a picture. */
export function ReportForm({ start, onReported, onQueued }: ReportFormProps) {
  const { report } = texts;
  const machines = useMachines();
  const [key, setKey] = useState(start);
  const [kind, setKind] = useState<FaultKind>("other");
  const [description, setDescription] = useState("");
  const [photo, setPhoto] = useState<File | null>(null);
  const [abort, setAbort] = useState(false);
  const [missing, setMissing] = useState<"machine" | "description" | null>(null);
  const { offline } = useViewer(60_000);
  const machine = machines.find((each) => machineKey(each) === key);
  const send = useQueuedAct("report", onReported, () => machine && onQueued(machine));
  const canAbort = useCanAbort(machine);
  const text = description.trim();

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const gap = machine === undefined ? "machine" : text.length < SHORTEST ? "description" : null;
    setMissing(gap);
    if (gap !== null) (event.currentTarget.elements.namedItem(gap) as HTMLElement | null)?.focus();
    if (machine === undefined || gap !== null) return;
    const { machine_type, machine_id } = machine;
    send.mutate({ machine_type, machine_id, kind, description: text, abort_cycle: abort && canAbort, photo });
  };

  return (
    <form noValidate className="flex flex-col gap-5" onSubmit={submit}>
      <MachineSelect machines={machines} value={machine === undefined ? "" : key} error={missing === "machine" && machine === undefined ? report.needsMachine : null} onChange={setKey} />
      <KindSelect value={kind} onChange={setKind} />
      {isSafety(kind) && <Notice tone="danger">{report.dangerNotice}</Notice>}
      <TextArea
        label={report.description}
        name="description"
        rows={4}
        maxLength={LONGEST}
        required
        value={description}
        hint={report.count(description.length, LONGEST)}
        error={(missing === "description" || fieldOf(send.error, "description")) && text.length < SHORTEST ? report.needsText : null}
        onChange={(event) => setDescription(event.target.value)}
      />
      <PhotoField
        label={report.photo}
        hint={report.photoHint}
        removeLabel={shared.photo.remove}
        previewAlt={shared.photo.preview}
        error={photoError(send.error)}
        value={photo}
        onChange={setPhoto}
      />
      {canAbort && <Check label={report.abort} hint={report.abortHint} checked={abort} onChange={(event) => setAbort(event.target.checked)} />}
      {offline && <Notice tone="off">{report.offline}</Notice>}
      <Refusal error={send.error} />
      <Button type="submit" busy={send.isPending && report.sending}>
        {report.send}
      </Button>
    </form>
  );
}

/** A load of one's own that was started just now can be taken back with the report. */
function useCanAbort(machine: Machine | undefined): boolean {
  const { userId } = useViewer(60_000);
  const now = useNow(10_000);
  return machine?.status === "in_use" && isOwn(machine, userId) && now - Date.parse(machine.started_at ?? "") <= ABORT_WITHIN_MS;
}

function fieldOf(error: Error | null, field: string): string | undefined {
  return error instanceof Problem ? error.fields[field] : undefined;
}

function photoError(error: Error | null): string | undefined {
  return error instanceof Problem && PHOTO_CODES.has(error.code) ? error.message : undefined;
}

/** What was refused and does not belong to a field. */
function Refusal({ error }: { readonly error: Error | null }) {
  if (error === null || photoError(error) !== undefined || fieldOf(error, "description") !== undefined) return null;
  const isKnown = error instanceof Problem && error.code === "already_reported";
  return (
    <Notice tone={isKnown ? "held" : "danger"} role="alert">
      {isKnown ? texts.report.already : error.message}
    </Notice>
  );
}

interface MachineSelectProps {
  readonly machines: readonly Machine[];
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (key: string) => void;
}

function MachineSelect({ machines, value, error, onChange }: MachineSelectProps) {
  const ofType = (type: MachineType): Machine[] => machines.filter(({ machine_type }) => machine_type === type).sort((a, b) => a.machine_id - b.machine_id);
  return (
    <Select label={texts.report.machine} name="machine" required value={value} error={error} onChange={(event) => onChange(event.target.value)}>
      <option value="" disabled>
        {texts.report.chooseMachine}
      </option>
      {TYPES.map((type) => (
        <optgroup key={type} label={shared.kinds[type].Many}>
          {ofType(type).map((machine) => (
            <option key={machine.id} value={machineKey(machine)}>
              {[shared.machine(type, machine.machine_id), machine.location].filter(Boolean).join(" · ")}
            </option>
          ))}
        </optgroup>
      ))}
    </Select>
  );
}

function KindSelect({ value, onChange }: { readonly value: FaultKind; readonly onChange: (kind: FaultKind) => void }) {
  const { data: meta } = useMeta();
  const kinds = meta?.fault_kinds ?? [value];
  const option = (kind: FaultKind) => (
    <option key={kind} value={kind}>
      {shared.faults.kinds[kind]}
    </option>
  );
  return (
    <Select label={texts.report.kind} value={value} onChange={(event) => onChange(event.target.value as FaultKind)}>
      <optgroup label={texts.report.fault}>{kinds.filter((kind) => !isSafety(kind)).map(option)}</optgroup>
      <optgroup label={texts.report.danger}>{kinds.filter(isSafety).map(option)}</optgroup>
    </Select>
  );
}
