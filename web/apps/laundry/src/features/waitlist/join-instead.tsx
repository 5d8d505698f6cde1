import type { MachineType } from "@livefloor/api/laundry";
import { Button, Notice, toast } from "@livefloor/ui";

import { useAct, useList, useViewer } from "../../model/hooks.ts";
import { texts } from "../../texts.ts";
import { joinList } from "./api.ts";

/** The way on from a machine that cannot be had: its list. Nothing for those who are in it. */
export function JoinInstead({ type }: { readonly type: MachineType }) {
  const items = useList(type)?.items ?? [];
  const { userId, offline } = useViewer(60_000);
  const join = useAct(joinList, (entry) => toast(entry.status === "called" ? texts.list.joinedCalled : texts.list.joined(entry.ahead + 1), "good"));
  if (items.some(({ user_id }) => user_id === userId)) return null;
  return (
    <div className="flex flex-col gap-2">
      {join.error && (
        <Notice tone="danger" role="alert">
          {join.error.message}
        </Notice>
      )}
      <Button look="soft" disabled={offline} busy={join.isPending && texts.list.joining} onClick={() => join.mutate(type)}>
        {texts.sheet.joinInstead(type)}
      </Button>
    </div>
  );
}
