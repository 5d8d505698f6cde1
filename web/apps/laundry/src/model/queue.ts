import { Problem } from "@livefloor/api";
import { ActQueue, openDrawer } from "@livefloor/offline";
import { useSyncExternalStore } from "react";

import { RULES, type Place, type QueuedKind } from "./acts.ts";
import { mount } from "./mount.ts";
import { keeper, lifeSigns } from "./services.ts";

export const drawer = openDrawer(`livefloor-laundry ${mount}`);

/** Final is what the server has decided; a server in trouble, too many at once or a session that ended is not. */
function refusal(error: unknown): string | null {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error);
  const isOpen = error.isOffline || error.status >= 500 || error.status === 429 || error.status === 401 || error.code === "request_in_progress";
  return isOpen ? null : error.message;
}

const waitMs = (error: unknown): number | null => (error instanceof Problem && error.retryAfter !== null ? error.retryAfter * 1000 : null);

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
