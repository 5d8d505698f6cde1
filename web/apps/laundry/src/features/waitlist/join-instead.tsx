import type { MachineType } from "@livefloor/api/laundry";
import { Button, Refusal, toast } from "@livefloor/ui";

import { useList, useQueuedAct, useViewer } from "../../model/hooks.ts";
import { useIsWaiting } from "../../model/queue.ts";
import { texts } from "../../texts/index.ts";
import { texts as queueTexts } from "../../texts/queue/index.ts";

/** The way on from a machine that cannot be had: its list. Nothing for those who are in it. */
export function JoinInstead({ type }: { readonly type: MachineType }) {
  const items = useList(type)?.items ?? [];
  const { userId } = useViewer(60_000);
  const join = useQueuedAct("join", (entry) => toast(entry.status === "called" ? texts.list.joinedCalled : texts.list.joined(entry.ahead + 1), "good"));
  const isWaiting = useIsWaiting("join", { machine_type: type });
  if (items.some(({ user_id }) => user_id === userId)) return null;
  return (
    <div className="flex flex-col gap-2">
      <Refusal error={join.error} />
      <Button look="soft" disabled={isWaiting} busy={join.isPending && texts.list.joining} onClick={() => join.mutate({ machine_type: type })}>
        {isWaiting ? queueTexts.waitingHere : texts.sheet.joinInstead(type)}
      </Button>
    </div>
  );
}
