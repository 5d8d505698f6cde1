import { refusal, waitMs } from "@livefloor/base";
import { ActQueue, openDrawer } from "@livefloor/offline";
import { useSyncExternalStore } from "react";

import { RULES, type Place, type QueuedKind } from "./acts.ts";
import { mount } from "./mount.ts";
import { keeper, lifeSigns } from "./services.ts";

export const drawer = openDrawer(`livefloor-laundry ${mount}`);

export const queue = new ActQueue({ drawer, rules: RULES, person: () => keeper.read()?.user.id ?? null, refusal, waitMs });

keeper.subscribe(() => void queue.personChanged());
lifeSigns.add(() => {
  if (queue.isWaiting) void queue.send();
});

/** What this person did that the server has not taken yet, or has refused. */
export function useQueued() {
  return useSyncExternalStore(queue.subscribe, queue.acts);
}

/** True while this very act of the person waits: it is not offered a second time. */
export function useIsWaiting(kind: QueuedKind, at: Pick<Place, "machine_type"> & Partial<Place>): boolean {
  return useQueued().some((act) => {
    const { machine_type, machine_id } = act.input as Partial<Place>;
    const isOpen = act.state === "waiting" || act.state === "sending";
    return isOpen && act.kind === kind && machine_type === at.machine_type && machine_id === at.machine_id;
  });
}
