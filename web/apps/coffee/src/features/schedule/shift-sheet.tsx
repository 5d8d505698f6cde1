import { Problem } from "@livefloor/api";
import { momentOf, wallTime } from "@livefloor/base/wall";
import { useDraft } from "@livefloor/forms";
import { Button, Field, Notice, Select, Sheet, TextArea, toast } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { Changed } from "../../model/save-bar.tsx";
import type { Shift } from "../../model/schedules.ts";
import { fieldsOf, isStale, lastAuthor } from "../../model/settings.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/shifts/index.ts";
import { addShift, changeShift, crewQuery, readShift, type NewShift } from "./api.ts";
import type { PlanStation } from "./day-grid.tsx";
import { clockOf, lengthOf } from "./days.ts";
import { ShiftActs } from "./shift-acts.tsx";
import { stateText } from "./state.ts";

interface Typed {
  readonly user_id: string;
  readonly station_id: string;
  /** On the clock of the event. */
  readonly starts: string;
  readonly ends: string;
  readonly break_minutes: string;
  readonly notes: string;
  readonly version: number;
}

/** What a new shift begins with. */
export interface Proposal {
  readonly station_id: number;
  readonly from: number;
  readonly to: number;
}

interface ShiftSheetProps {
  readonly shift: Shift | Proposal;
  readonly stations: readonly PlanStation[];
  readonly zone: string;
  readonly onClose: () => void;
}

const LATE: readonly (keyof Typed)[] = ["station_id", "ends", "notes"];

function typedOf(shift: Shift | Proposal, zone: string): Typed {
  if (!("id" in shift)) return { user_id: "", station_id: String(shift.station_id), starts: wallTime(shift.from, zone), ends: wallTime(shift.to, zone), break_minutes: "20", notes: "", version: 0 };
  const { user_id, station_id, starts_at, ends_at, break_minutes, notes, version } = shift;
  return { user_id, station_id: String(station_id), starts: wallTime(starts_at, zone), ends: wallTime(ends_at, zone), break_minutes: String(break_minutes), notes, version };
}

/** The typed fields as the server takes them. */
function parsed({ user_id, station_id, starts, ends, break_minutes, notes }: Partial<Typed>, zone: string): Partial<NewShift> {
  return {
    ...(user_id === undefined ? {} : { user_id }),
    ...(station_id === undefined ? {} : { station_id: Number(station_id) }),
    ...(starts === undefined ? {} : { starts_at: momentOf(starts, zone) ?? "" }),
    ...(ends === undefined ? {} : { ends_at: momentOf(ends, zone) ?? "" }),
    ...(break_minutes === undefined ? {} : { break_minutes: Number(break_minutes) }),
    ...(notes === undefined ? {} : { notes: notes.trim() }),
  };
}

/** A shift to make or to change: without a pointer, and with what the server has against it. */
export function ShiftSheet({ shift, stations, zone, onClose }: ShiftSheetProps) {
  const [author, setAuthor] = useState<string | null>(null);
  const [mayOverlap, setOverlap] = useState(false);
  const [isTried, setTried] = useState(false);
  const crew = useQuery(crewQuery).data ?? [];
  const { sheet } = texts;
  const known = "id" in shift ? shift : null;
  const done = (now: Shift): void => {
    toast(known === null ? sheet.added(now.user_name, now.station_name) : sheet.saved, "good");
    onClose();
  };
  const draft = useDraft<Typed>({
    stored: typedOf(shift, zone),
    save: async (changes, { version }) => {
      const now = await changeShift(known?.id ?? "", { ...parsed(changes, zone), version, allow_overlap: mayOverlap });
      done(now);
      return typedOf(now, zone);
    },
    reload: async () => {
      const [now, who] = await Promise.all([readShift(known?.id ?? ""), lastAuthor(`schedule:${known?.id ?? ""}`)]);
      setAuthor(who);
      return typedOf(now, zone);
    },
    isStale,
    fieldErrors: fieldsOf,
  });
  const add = useAct(addShift, done);
  const { value, set } = draft;
  const error = known === null ? add.error : draft.error;
  const isOverlap = error instanceof Problem && error.code === "shift_overlap";
  const refused: Readonly<Record<string, string>> = fieldsOf(error);
  const wrong = wrongOf(value, zone);
  const at = (field: keyof Typed, name: string): string | null => (isTried ? wrong[field] : undefined) ?? refused[name] ?? null;
  const isOver = known !== null && ["checked_out", "cancelled"].includes(known.status);
  const isRunning = known !== null && ["checked_in", "on_break"].includes(known.status);
  const isFixed = (field: keyof Typed): boolean => isOver || (isRunning && !LATE.includes(field));

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length > 0) return;
    if (known !== null) void draft.save();
    else if (!add.isPending) add.mutate({ ...(parsed(value, zone) as Omit<NewShift, "allow_overlap">), allow_overlap: mayOverlap });
  };

  return (
    <Sheet title={known === null ? sheet.add : known.user_name} description={known === null ? undefined : `${stateText(known)} · ${known.station_name}`} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4 pt-1">
        <Changed draft={draft} author={author} labelOf={(field) => sheet.fields[field]} said={(field, shown) => said(field, String(shown), crew, stations)} />
        <Select label={sheet.fields.user_id} error={at("user_id", "user_id")} disabled={isFixed("user_id")} value={value.user_id} onChange={(event) => set("user_id", event.target.value)}>
          <option value="" />
          {known !== null && !crew.some(({ id }) => id === known.user_id) && <option value={known.user_id}>{known.user_name}</option>}
          {crew.map(({ id, display_name, role }) => (
            <option key={id} value={id}>
              {display_name} ({common.account.roles[role]})
            </option>
          ))}
        </Select>
        <Select label={sheet.fields.station_id} error={at("station_id", "station_id")} disabled={isFixed("station_id")} value={value.station_id} onChange={(event) => set("station_id", event.target.value)}>
          {stations.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={sheet.fields.starts} type="datetime-local" step={900} error={at("starts", "starts_at")} disabled={isFixed("starts")} value={value.starts} onChange={(event) => set("starts", event.target.value)} />
          <Field label={sheet.fields.ends} type="datetime-local" step={900} error={at("ends", "ends_at")} disabled={isFixed("ends")} value={value.ends} onChange={(event) => set("ends", event.target.value)} />
        </div>
        <p className="-mt-2 text-sm text-muted">{sheet.clock(zone)}</p>
        <Field label={sheet.fields.break_minutes} hint={sheet.breakHint} inputMode="numeric" error={at("break_minutes", "break_minutes")} disabled={isFixed("break_minutes")} value={value.break_minutes} onChange={(event) => set("break_minutes", event.target.value)} />
        <TextArea label={sheet.fields.notes} hint={sheet.notesHint} rows={2} maxLength={200} disabled={isOver} value={value.notes} onChange={(event) => set("notes", event.target.value)} />
        {known?.handover_note != null && (
          <Notice>
            <p className="font-bold">{texts.handover}</p>
            <p className="whitespace-pre-line">{known.handover_note}</p>
          </Notice>
        )}
        {error !== null && Object.keys(refused).length === 0 && (
          <Notice tone={isOverlap ? "held" : "danger"} role="alert">
            {error.message}
          </Notice>
        )}
        {isOverlap && !mayOverlap && (
          <Button look="quiet" onClick={() => setOverlap(true)}>
            {sheet.allowOverlap}
          </Button>
        )}
        {mayOverlap && <Notice tone="held">{sheet.overlapAllowed}</Notice>}
        {isOver ? (
          <p className="text-muted">{sheet.over}</p>
        ) : (
          <Button type="submit" disabled={known !== null && !draft.isDirty} busy={(draft.isBusy || add.isPending) && sheet.saving}>
            {known === null ? sheet.add : sheet.save}
          </Button>
        )}
      </form>
      {known !== null && <ShiftActs shift={known} onDone={onClose} />}
    </Sheet>
  );
}

function wrongOf({ user_id, starts, ends, break_minutes }: Typed, zone: string): Partial<Record<keyof Typed, string>> {
  const { sheet } = texts;
  const length = lengthOf(starts, ends, zone);
  return {
    ...(user_id === "" ? { user_id: sheet.needsPerson } : {}),
    ...(starts === "" ? { starts: sheet.needsTime } : {}),
    ...(ends === "" || Number.isNaN(length) ? { ends: sheet.needsTime } : length < 15 * 60_000 || length > 12 * 3_600_000 ? { ends: sheet.length } : {}),
    ...(/^\d{1,3}$/.test(break_minutes) && Number(break_minutes) <= 120 ? {} : { break_minutes: sheet.breakHint }),
  };
}

function said(field: string, value: string, crew: readonly { readonly id: string; readonly display_name: string }[], stations: readonly PlanStation[]): string {
  if (field === "user_id") return crew.find(({ id }) => id === value)?.display_name ?? value;
  if (field === "station_id") return stations.find(({ id }) => String(id) === value)?.name ?? value;
  if (field === "starts" || field === "ends") return value.replace("T", " ");
  return value === "" ? texts.nothing : value;
}

/** A shift for whoever may only look at it. */
export function ShiftView({ shift, zone, onClose }: { readonly shift: Shift; readonly zone: string; readonly onClose: () => void }) {
  return (
    <Sheet title={shift.user_name} description={stateText(shift)} closeLabel={common.close} onClose={onClose}>
      <p className="text-lg font-bold">
        {clockOf(shift.starts_at, zone)}–{clockOf(shift.ends_at, zone)} · {shift.station_name}
      </p>
      <p className="text-muted">{texts.breakOf(shift.break_minutes)}</p>
      {shift.notes !== "" && <p className="mt-2 whitespace-pre-line">{shift.notes}</p>}
      {shift.handover_note !== null && (
        <div className="mt-3">
          <Notice>
            <p className="font-bold">{texts.handover}</p>
            <p className="whitespace-pre-line">{shift.handover_note}</p>
          </Notice>
        </div>
      )}
    </Sheet>
  );
}
