import type { QueuedAct } from "@livefloor/offline";
import { Button, Notice } from "@livefloor/ui";

import type { FaultInput, Place, QueuedKind } from "../../model/acts.ts";
import { queue, useQueued } from "../../model/queue.ts";
import { timeText } from "../../model/times.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/queue/index.ts";

/** What waits for the server, and what it refused or came too late, each with a way out. */
export function QueueList() {
  const acts = useQueued();
  if (acts.length === 0) return null;
  return (
    <section aria-label={texts.title} className="px-3 pb-2 md:px-6">
      <ul className="flex flex-col gap-2">
        {acts.map((act) => (
          <li key={act.id}>
            <QueuedRow act={act} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function QueuedRow({ act }: { readonly act: QueuedAct }) {
  const name = nameOf(act);
  const isOver = act.state === "refused" || act.state === "expired";
  return (
    <Notice tone={isOver ? "danger" : "off"} role={isOver ? "alert" : "status"}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-48">
          <p className="font-bold">{name}</p>
          <p>{stateOf(act)}</p>
        </div>
        {act.state !== "sending" && (
          <Button look="quiet" aria-label={isOver ? texts.dismiss(name) : texts.cancel(name)} onClick={() => void queue.drop(act.id)}>
            {isOver ? texts.understood : texts.takeBack}
          </Button>
        )}
      </div>
    </Notice>
  );
}

function nameOf({ kind, input }: QueuedAct): string {
  const { machine_type, machine_id } = input as Place & Partial<FaultInput>;
  const isList = kind === "join" || kind === "leave";
  return texts.acts[kind as QueuedKind](isList ? texts.lists[machine_type] : common.machine(machine_type, machine_id));
}

const SHORT_MS = 60 * 60_000;

function stateOf({ kind, state, reason, madeAt, expiresAt }: QueuedAct): string {
  switch (state) {
    case "waiting":
      return expiresAt - madeAt < SHORT_MS ? texts.waiting(timeText(expiresAt)) : texts.waitingLong;
    case "sending":
      return texts.sending;
    case "refused":
      return texts.refused(reason ?? "");
    case "expired":
      return texts.expired[kind as QueuedKind];
  }
}
