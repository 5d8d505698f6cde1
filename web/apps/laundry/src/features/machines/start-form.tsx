import type { Machine } from "@livefloor/api/laundry";
import { Button, Choices, Field, Refusal, toast, useNow } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { useMeta, useQueuedAct } from "../../model/hooks.ts";
import { useIsWaiting } from "../../model/queue.ts";
import { timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import { texts as queueTexts } from "../../texts/queue/index.ts";
import { placeOf } from "./api.ts";

interface StartFormProps {
  readonly machine: Machine;
  readonly onStarted: () => void;
}

/** Choose a programme, see when it ends, start. */
export function StartForm({ machine, onStarted }: StartFormProps) {
  const { data: meta } = useMeta();
  const now = useNow(10_000);
  const categories = meta?.categories[machine.machine_type] ?? [];
  const [picked, setPicked] = useState<string | null>(null);
  const [code, setCode] = useState("");
  const category = picked ?? categories[0]?.code ?? null;
  const asksCode = meta?.presence_check === "code";

  const begun = (started: Machine & { readonly waitlist_removed?: boolean | null }): void => {
    const name = texts.machine(started.machine_type, started.machine_id);
    const end = timeText(started.ends_at ?? now);
    toast(started.waitlist_removed === true ? texts.sheet.startedListLeft(name, end) : texts.sheet.started(name, end), "good");
    onStarted();
  };
  const start = useQueuedAct("start", begun, onStarted);

  const isWaiting = useIsWaiting("start", placeOf(machine));

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (category !== null) start.mutate({ ...placeOf(machine), category, ...(asksCode ? { machine_code: code.trim() } : {}) });
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Choices
        legend={texts.sheet.category}
        value={category}
        onChange={setPicked}
        choices={categories.map(({ code: value, label, minutes }) => ({
          value,
          label,
          aside: texts.sheet.minutes(minutes, timeText(now + minutes * 60_000)),
        }))}
      />
      {asksCode && (
        <Field label={texts.sheet.machineCode} hint={texts.sheet.machineCodeHint} value={code} maxLength={4} autoCapitalize="characters" autoComplete="off" required onChange={(event) => setCode(event.target.value)} />
      )}
      <Refusal error={start.error} />
      <Button type="submit" busy={start.isPending && texts.sheet.starting} disabled={category === null || isWaiting}>
        {isWaiting ? queueTexts.waitingHere : texts.sheet.start}
      </Button>
      <p className="text-center text-sm text-muted">{texts.sheet.pressToo}</p>
    </form>
  );
}
