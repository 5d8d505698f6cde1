import type { Machine } from "@livefloor/api/laundry";
import { Button, Choices, clockText, Confirm, Notice, Refusal, secondsUntil, toast, useNow } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useMeta, useQueuedAct } from "../../model/hooks.ts";
import { useIsWaiting } from "../../model/queue.ts";
import { timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import { texts as queueTexts } from "../../texts/queue/index.ts";
import { cancelCycle, extendCycle, placeOf } from "./api.ts";

type Question = "none" | "out" | "extend" | "cancel";

interface OwnCycleProps {
  readonly machine: Machine;
  readonly disabled: boolean;
  readonly onDone?: () => void;
}

/** What the owner may do with a load: take it out, give it more time, take the start back. */
export function OwnCycle({ machine, disabled, onDone }: OwnCycleProps) {
  const [question, setQuestion] = useState<Question>("none");
  const now = useNow();
  const close = (): void => setQuestion("none");
  const place = { ...placeOf(machine), cycle_id: machine.cycle_id };
  const name = texts.machine(machine.machine_type, machine.machine_id);
  const running = machine.status === "in_use" && machine.ends_at !== null;

  const ended = (after: Machine): void => {
    close();
    toast(after.status === "completed" ? texts.sheet.ended(name) : texts.sheet.collected(name), "good");
    if (!after.laundry_inside) onDone?.();
  };
  const end = useQueuedAct("end", ended, close);
  const isWaiting = useIsWaiting("end", placeOf(machine));
  const cancel = useAct(cancelCycle, () => {
    close();
    toast(texts.sheet.cancelled(name), "good");
    onDone?.();
  });

  const failure = end.error ?? cancel.error;
  const note = failure !== null && (
    <Notice tone="danger" role="alert">
      {failure.message}
    </Notice>
  );

  return (
    <div className="flex flex-col gap-2">
      {question === "none" && note}
      <Button
        busy={end.isPending && texts.sheet.takingOut}
        disabled={isWaiting}
        // Only while running: a finished load is taken out with one tap.
        onClick={() => (running ? setQuestion("out") : end.mutate({ ...place, collected: true }))}
      >
        {isWaiting ? queueTexts.waitingHere : texts.sheet.takenOut}
      </Button>
      {running && (
        <div className="grid grid-cols-2 gap-2">
          <Button look="soft" disabled={disabled} onClick={() => setQuestion("extend")}>
            {texts.sheet.extend}
          </Button>
          <Button look="quiet" disabled={disabled} onClick={() => setQuestion("cancel")}>
            {texts.sheet.cancel}
          </Button>
        </div>
      )}

      {question === "out" && (
        <Confirm
          title={texts.sheet.takenOutTitle}
          text={texts.sheet.takenOutText(clockText(secondsUntil(machine.ends_at ?? now, now)))}
          closeLabel={texts.close}
          onClose={close}
        >
          {note}
          <Button busy={end.isPending && texts.sheet.takingOut} onClick={() => end.mutate({ ...place, collected: true })}>
            {texts.sheet.yesOut}
          </Button>
          {running && (
            <Button look="soft" disabled={end.isPending} onClick={() => end.mutate({ ...place, collected: false })}>
              {texts.sheet.stoppedInside}
            </Button>
          )}
          <Button look="quiet" onClick={close}>
            {texts.sheet.keepRunning}
          </Button>
        </Confirm>
      )}
      {question === "cancel" && (
        <Confirm title={texts.sheet.cancelTitle} text={texts.sheet.cancelText} closeLabel={texts.close} onClose={close}>
          {note}
          <Button look="danger" busy={cancel.isPending && texts.sheet.cancelling} onClick={() => cancel.mutate(place)}>
            {texts.sheet.yesCancel}
          </Button>
          <Button look="quiet" onClick={close}>
            {texts.sheet.back}
          </Button>
        </Confirm>
      )}
      {question === "extend" && <ExtendForm machine={machine} onClose={close} />}
    </div>
  );
}

function ExtendForm({ machine, onClose }: { readonly machine: Machine; readonly onClose: () => void }) {
  const { data: meta } = useMeta();
  const name = texts.machine(machine.machine_type, machine.machine_id);
  const started = Date.parse(machine.started_at ?? "");
  const plannedMinutes = Math.round((Date.parse(machine.ends_at ?? "") - started) / 60_000);
  const longer = (meta?.categories[machine.machine_type] ?? []).filter(({ minutes }) => minutes > plannedMinutes);
  const [picked, setPicked] = useState<string | null>(null);
  const category = picked ?? longer[0]?.code ?? null;

  const extend = useAct(extendCycle, (after) => {
    onClose();
    toast(texts.sheet.extended(name, timeText(after.ends_at ?? started)), "good");
  });

  return (
    <Confirm title={texts.sheet.extend} text={longer.length === 0 ? texts.sheet.longest : name} closeLabel={texts.close} onClose={onClose}>
      {longer.length > 0 && (
        <Choices
          legend={texts.sheet.extendTitle}
          value={category}
          onChange={setPicked}
          choices={longer.map(({ code, label, minutes }) => ({
            value: code,
            label,
            aside: texts.sheet.minutes(minutes, timeText(started + minutes * 60_000)),
          }))}
        />
      )}
      <Refusal error={extend.error} />
      {category !== null && (
        <Button
          className="mt-2"
          busy={extend.isPending && texts.sheet.extending}
          onClick={() => extend.mutate({ ...placeOf(machine), cycle_id: machine.cycle_id, category })}
        >
          {texts.sheet.extend}
        </Button>
      )}
      <Button look="quiet" onClick={onClose}>
        {texts.sheet.back}
      </Button>
    </Confirm>
  );
}
