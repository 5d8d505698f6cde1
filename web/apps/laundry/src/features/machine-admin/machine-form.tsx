import { Problem } from "@livefloor/api";
import type { Machine } from "@livefloor/api/laundry";
import { useDraft } from "@livefloor/forms";
import { Button, Field, Refusal, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { momentOf, wallTime } from "@livefloor/base/wall";
import { Changed } from "../../model/save-bar.tsx";
import { texts } from "../../texts/admin/index.ts";
import { changeMachine, readMachine } from "./api.ts";

interface MachineFormProps {
  readonly machine: Machine;
  readonly zone: string;
  /** Who changed this machine last, in words; null where the log does not tell. */
  readonly authorOf: (machine: Machine) => Promise<string | null>;
}

interface Typed {
  readonly label: string;
  readonly location: string;
  /** On the wall of the room. */
  readonly back: string;
  readonly version: number;
}

/** Name, place and expected return of one machine; others may be at it too. */
export function MachineForm({ machine, zone, authorOf }: MachineFormProps) {
  const [author, setAuthor] = useState<string | null>(null);
  const { machines } = texts;
  const typed = ({ label, location, version, out_of_order }: Machine): Typed => ({ label, location, version, back: wallTime(out_of_order?.expected_back_at ?? null, zone) });
  const draft = useDraft<Typed>({
    stored: typed(machine),
    save: async ({ back, label, location }, { version }) => {
      const changes = {
        ...(label === undefined ? {} : { label: label.trim() }),
        ...(location === undefined ? {} : { location: location.trim() }),
        ...(back === undefined ? {} : { expected_back_at: momentOf(back, zone) }),
      };
      return typed(await changeMachine(machine, changes, version));
    },
    reload: async () => {
      const [now, who] = await Promise.all([readMachine(machine), authorOf(machine)]);
      setAuthor(who);
      return typed(now);
    },
    isStale: (error) => error instanceof Problem && error.isStale,
    fieldErrors: (error) => (error instanceof Problem ? error.fields : {}),
    onSaved: () => toast(texts.saved, "good"),
  });
  const isNameless = draft.value.label.trim() === "";

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isNameless) void draft.save();
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <Changed draft={draft} author={author} labelOf={labelOf} said={(_, value) => String(value).replace("T", " ")} />
      <Field
        label={machines.label}
        error={isNameless ? machines.labelError : draft.errors.label}
        value={draft.value.label}
        maxLength={40}
        autoComplete="off"
        onChange={(event) => draft.set("label", event.target.value)}
      />
      <Field
        label={machines.location}
        hint={machines.locationHint}
        error={draft.errors.location}
        value={draft.value.location}
        maxLength={80}
        autoComplete="off"
        onChange={(event) => draft.set("location", event.target.value)}
      />
      {machine.out_of_order !== null && (
        <Field
          label={machines.back}
          hint={machines.backHint}
          error={draft.errors.expected_back_at}
          type="datetime-local"
          value={draft.value.back}
          onChange={(event) => draft.set("back", event.target.value)}
        />
      )}
      {Object.keys(draft.errors).length === 0 && <Refusal error={draft.error} />}
      <Button type="submit" disabled={!draft.isDirty || (draft.meanwhile?.clashes.length ?? 0) > 0} busy={draft.isBusy && texts.saving}>
        {texts.save}
      </Button>
    </form>
  );
}

function labelOf(field: keyof Typed): string {
  const { label, location, back } = texts.machines;
  return { label, location, back, version: "" }[field];
}
