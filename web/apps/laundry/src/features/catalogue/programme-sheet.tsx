import { Problem } from "@livefloor/api";
import type { MachineType } from "@livefloor/api/laundry";
import { Button, Check, Field, Notice, Sheet, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { texts } from "../../texts/admin/index.ts";
import { texts as common } from "../../texts/index.ts";
import { setProgramme, type Programme } from "./api.ts";

interface ProgrammeSheetProps {
  readonly type: MachineType;
  /** The one to change; null adds one. */
  readonly programme: Programme | null;
  /** Codes of this type that are taken. */
  readonly taken: readonly string[];
  readonly onClose: () => void;
}

interface Typed {
  readonly code: string;
  readonly label: string;
  readonly minutes: string;
  readonly sort: string;
  readonly enabled: boolean;
}

const BLANK: Typed = { code: "", label: "", minutes: "", sort: "0", enabled: true };

function isWhole(text: string, min: number, max: number): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= min && Number(text) <= max;
}

function check(typed: Typed, taken: readonly string[]): Partial<Record<keyof Typed, string>> {
  const { catalogue } = texts;
  return {
    ...(/^[a-z0-9_]{1,20}$/.test(typed.code) ? {} : { code: catalogue.codeError }),
    ...(taken.includes(typed.code) ? { code: catalogue.codeTaken } : {}),
    ...(typed.label.trim().length >= 1 && typed.label.trim().length <= 40 ? {} : { label: catalogue.labelError }),
    ...(isWhole(typed.minutes, 1, 240) ? {} : { minutes: catalogue.minutesError }),
    ...(isWhole(typed.sort, 0, 1000) ? {} : { sort: catalogue.sortError }),
  };
}

/** Add a programme, or change one. */
export function ProgrammeSheet({ type, programme, taken, onClose }: ProgrammeSheetProps) {
  const [typed, setTyped] = useState<Typed>(programme === null ? BLANK : { ...programme, minutes: String(programme.minutes), sort: String(programme.sort) });
  const [isTried, setTried] = useState(false);
  const { catalogue } = texts;
  const save = useAct(setProgramme, ({ label }) => {
    toast(catalogue.saved(label), "good");
    onClose();
  });
  const wrong = check(typed, programme === null ? taken : []);
  const errors: Readonly<Record<string, string | undefined>> = { ...(save.error instanceof Problem ? save.error.fields : {}), ...(isTried ? wrong : {}) };

  const set = (change: Partial<Typed>): void => {
    setTyped({ ...typed, ...change });
    if (save.isError) save.reset();
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length > 0) return;
    const { code, label, minutes, sort, enabled } = typed;
    save.mutate({ machine_type: type, code, label: label.trim(), minutes: Number(minutes), sort: Number(sort), enabled });
  };

  return (
    <Sheet
      title={programme === null ? catalogue.addFor[type] : texts.changeOf(programme.label)}
      description={programme === null ? undefined : `${catalogue.of[type]} · ${programme.code}`}
      closeLabel={common.close}
      onClose={onClose}
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={catalogue.label} error={errors.label} value={typed.label} autoComplete="off" onChange={(event) => set({ label: event.target.value })} />
        {programme === null && (
          <Field label={catalogue.code} hint={catalogue.codeHint} error={errors.code} value={typed.code} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => set({ code: event.target.value })} />
        )}
        <Field label={catalogue.minutesField} hint={catalogue.minutesHint} error={errors.minutes} value={typed.minutes} inputMode="numeric" autoComplete="off" onChange={(event) => set({ minutes: event.target.value })} />
        <Field label={catalogue.sort} hint={catalogue.sortHint} error={errors.sort} value={typed.sort} inputMode="numeric" autoComplete="off" onChange={(event) => set({ sort: event.target.value })} />
        <Check label={catalogue.enabled} checked={typed.enabled} onChange={(event) => set({ enabled: event.target.checked })} />
        {save.error && (
          <Notice tone="danger" role="alert">
            {explain(save.error)}
          </Notice>
        )}
        <Button type="submit" busy={save.isPending && texts.saving}>
          {programme === null ? catalogue.add : texts.save}
        </Button>
      </form>
    </Sheet>
  );
}

function explain(error: Error): string {
  const { problems } = texts.catalogue;
  const code = error instanceof Problem ? error.code : "";
  return code === "normal_required" || code === "last_category" ? problems[code] : error.message;
}
