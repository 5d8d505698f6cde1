import { Problem } from "@livefloor/api";
import { dateText, timeText } from "@livefloor/base/times";
import { Button, buttonClass, Confirm, EmptyState, Notice, Refusal, TextArea, toast, useNow } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useAct, useUser } from "../../model/hooks.ts";
import { useQueued } from "../../model/queue.ts";
import type { Shift } from "../../model/schedules.ts";
import { withShiftActs } from "../../model/shift-acts.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/shifts/index.ts";
import { act } from "./act.ts";
import { besides, currentOf, noteFor, opensAt } from "./own.ts";

const when = (shift: Shift, now: number): string => {
  const day = dateText(shift.starts_at) === dateText(now) ? texts.shift.today : dateText(shift.starts_at);
  return `${day}, ${timeText(shift.starts_at)}–${timeText(shift.ends_at)}`;
};

/** The own shift, one tap to begin it; and what comes after. */
export function OwnShift({ all }: { readonly all: readonly Shift[] }) {
  const me = useUser()?.id;
  const now = useNow(1_000);
  const own = withShiftActs(
    all.filter(({ user_id, status }) => user_id === me && status !== "cancelled"),
    useQueued(),
  );
  const current = currentOf(own, now);
  if (current === undefined) return <EmptyState>{texts.shift.none}</EmptyState>;
  const later = own.filter(({ id, starts_at, status }) => id !== current.id && status === "planned" && starts_at > current.starts_at);
  const note = noteFor(current, all);
  const others = besides(current, all);
  return (
    <div className="flex flex-col gap-4">
      <Current key={current.id} shift={current} now={now} />
      {current.notes !== "" && (
        <Notice>
          <p className="font-bold">{texts.shift.notes}</p>
          <p className="text-base whitespace-pre-line">{current.notes}</p>
        </Notice>
      )}
      {note?.checked_out_at != null && (
        <Notice tone="held">
          <p className="font-bold">{texts.shift.fromBefore(note.user_name, timeText(note.checked_out_at))}</p>
          <p className="text-base whitespace-pre-line">{note.handover_note}</p>
        </Notice>
      )}
      {others.length > 0 && (
        <section>
          <h2 className="font-bold">{texts.shift.with}</h2>
          <ul>
            {others.map((other) => (
              <li key={other.id}>
                {other.user_name}, {timeText(other.starts_at)}–{timeText(other.ends_at)} ({texts.states[other.status]})
              </li>
            ))}
          </ul>
        </section>
      )}
      {later.length > 0 && (
        <section>
          <h2 className="font-bold">{texts.shift.later}</h2>
          <ul className="mt-1 flex flex-col gap-2">
            {later.map((shift) => (
              <li key={shift.id} className="rounded-2xl border border-line bg-card px-4 py-3">
                <b>{shift.station_name}</b>
                <span className="block text-muted">{when(shift, now)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Current({ shift, now }: { readonly shift: Shift & { readonly isUnsent?: true }; readonly now: number }) {
  const [isLeaving, setLeaving] = useState(false);
  const role = useUser()?.role;
  const doing = useAct(act, ({ kind, isKept, warnings }) => {
    setLeaving(false);
    toast(isKept ? texts.shift.kept : texts.shift.done[kind], isKept ? "plain" : "good");
    if (warnings.includes("last_barista")) toast(texts.shift.left, "bad");
  });
  const pending = doing.isPending ? doing.variables.kind : null;
  const isLast = doing.error instanceof Problem && doing.error.code === "last_barista";
  const isOpen = now >= opensAt(shift);
  return (
    <section aria-label={shift.station_name} className="flex flex-col gap-4 rounded-tile border border-line bg-card p-4 shadow-card">
      <div>
        <p className="text-3xl font-extrabold wrap-anywhere">{shift.station_name}</p>
        <p className="text-xl font-bold">{when(shift, now)}</p>
        <p className="text-muted">{texts.breakOf(shift.break_minutes)}</p>
        <p role="status" className="mt-2 text-lg font-semibold">
          {stateOf(shift, now)}
          {shift.isUnsent === true && <span className="ml-2 rounded-lg bg-held-soft px-2 text-base text-held">{texts.shift.unsent}</span>}
        </p>
      </div>
      {!isLast && <Refusal error={doing.error} />}
      {(shift.status === "planned" || shift.status === "no_show") && (
        <>
          <Button className="min-h-16 text-xl" disabled={!isOpen} busy={pending === "check_in" && texts.shift.checkingIn} onClick={() => doing.mutate({ kind: "check_in", shift })}>
            {texts.shift.checkIn}
          </Button>
          {!isOpen && <p className="-mt-2 text-center text-muted">{texts.shift.opens(timeText(opensAt(shift)))}</p>}
        </>
      )}
      {shift.status === "checked_in" && role === "barista" && (
        <Link to="/station/$id" params={{ id: String(shift.station_id) }} className={buttonClass("primary", "min-h-16 text-xl")}>
          {texts.shift.station}
        </Link>
      )}
      {shift.status === "checked_in" && !isLast && (
        <Button look="soft" busy={pending === "break_start" && texts.shift.breaking} onClick={() => doing.mutate({ kind: "break_start", shift })}>
          {texts.shift.break}
        </Button>
      )}
      {isLast && shift.status === "checked_in" && (
        <Notice tone="held" role="alert">
          <p className="mb-2 text-base">{texts.shift.last}</p>
          <div className="flex flex-wrap gap-2">
            <Button look="danger" onClick={() => doing.mutate({ kind: "break_start", shift, force: true })}>
              {texts.shift.lastGo}
            </Button>
            <Button look="quiet" onClick={doing.reset}>
              {common.cancel}
            </Button>
          </div>
        </Notice>
      )}
      {shift.status === "on_break" && (
        <Button className="min-h-16 text-xl" busy={pending === "break_end" && texts.shift.breaking} onClick={() => doing.mutate({ kind: "break_end", shift })}>
          {texts.shift.back}
        </Button>
      )}
      {(shift.status === "checked_in" || shift.status === "on_break") && (
        <Button look="quiet" onClick={() => setLeaving(true)}>
          {texts.shift.checkOut}
        </Button>
      )}
      {isLeaving && <Leave isBusy={pending === "check_out"} error={doing.error} onLeave={(note) => doing.mutate({ kind: "check_out", shift, note })} onClose={() => setLeaving(false)} />}
    </section>
  );
}

function stateOf(shift: Shift, now: number): string {
  const minutes = Math.ceil((Date.parse(shift.starts_at) - now) / 60_000);
  if (shift.status === "on_break") return texts.shift.onBreak;
  if (shift.status === "checked_in") return texts.shift.since(timeText(shift.checked_in_at ?? shift.starts_at));
  if (shift.status === "no_show") return texts.shift.noShow;
  return minutes > 0 ? texts.shift.startsIn(minutes) : texts.shift.lateBy(-minutes);
}

interface LeaveProps {
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onLeave: (note: string) => void;
  readonly onClose: () => void;
}

function Leave({ isBusy, error, onLeave, onClose }: LeaveProps) {
  const [note, setNote] = useState("");
  return (
    <Confirm title={texts.shift.outTitle} text={texts.shift.outText} closeLabel={common.close} onClose={onClose}>
      <TextArea label={texts.shift.note} hint={texts.shift.noteHint} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
      <Refusal error={error} />
      <Button busy={isBusy && texts.shift.checkingOut} onClick={() => onLeave(note)}>
        {texts.shift.checkOut}
      </Button>
      <Button look="quiet" onClick={onClose}>
        {common.cancel}
      </Button>
    </Confirm>
  );
}
