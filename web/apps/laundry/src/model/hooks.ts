import { useAct } from "@livefloor/base";
import { Problem } from "@livefloor/api";
import type { Machine, Meta } from "@livefloor/api/laundry";
import { seqOf, useAll, useLine, useOne, type Frame } from "@livefloor/live";
import { toast, useNow } from "@livefloor/ui";
import { useQuery, type UseMutationResult, type UseQueryResult } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

import { texts } from "../texts/queue/index.ts";
import { RULES, type InputOf, type QueuedKind, type ResultOf } from "./acts.ts";
import { frameListeners, live } from "./live.ts";
import { loadLists } from "./loading.ts";
import type { Viewer } from "./machines.ts";
import { queue } from "./queue.ts";
import { metaQuery, roomQuery } from "./room.ts";
import { keeper, store, type ListView, type Session } from "./services.ts";

export { useAct };

const RETRY_MS = 5_000;
const ESTIMATES_MS = 60_000;

export function useMeta(): UseQueryResult<Meta> {
  return useQuery({ ...metaQuery, refetchInterval: (query) => (query.state.status === "error" ? RETRY_MS : false) });
}

/** Load the room once and go live from there. */
export function useRoom(): UseQueryResult<string> {
  const isSignedIn = useSession() !== null;
  const room = useQuery({ ...roomQuery, enabled: isSignedIn, refetchInterval: (query) => (query.state.status === "error" ? RETRY_MS : false) });
  useQuery({
    queryKey: ["estimates"],
    queryFn: () => loadLists(seqOf(live.lastId)).then(() => true),
    enabled: room.isSuccess,
    initialData: true,
    refetchInterval: ESTIMATES_MS,
  });
  return room;
}

/** Call back for frames of these events while the component is shown. */
export function useFrames(events: readonly string[], onFrame: (frame: Frame) => void): void {
  const tell = useEffectEvent((frame: Frame) => {
    if (events.includes(frame.event)) onFrame(frame);
  });
  useEffect(() => {
    frameListeners.add(tell);
    return () => void frameListeners.delete(tell);
  }, []);
}

export function useSession(): Session | null {
  return useSyncExternalStore(keeper.subscribe, keeper.read);
}

const NONE: readonly Machine[] = [];

export function useMachines(): readonly Machine[] {
  return useAll(store, "machines") ?? NONE;
}

export function useMachine(key: string): Machine | undefined {
  return useOne(store, "machines", key);
}

export function useList(type: string): ListView | undefined {
  return useOne(store, "waitlists", type);
}

/** Who looks, when, and whether what they see may be trusted. */
export function useViewer(stepMs?: number): Viewer {
  const now = useNow(stepMs);
  const { line, isKept } = useLine(live);
  const userId = useSession()?.user.id ?? "";
  return { userId, now, offline: line === "offline" || isKept };
}

/** The act waits until the server can be reached. */
const QUEUED = Symbol("queued");

/**
 * An act that may wait: sent at once where that works, else kept and sent when the server is back.
 *
 * Behind acts that wait already it waits as well, so that all come true in the order they were made.
 */
export function useQueuedAct<Kind extends QueuedKind>(
  kind: Kind,
  onDone?: (result: ResultOf<Kind>) => void,
  onQueued?: () => void,
): UseMutationResult<ResultOf<Kind> | typeof QUEUED, Error, InputOf<Kind>> {
  const send = RULES[kind].send as (input: InputOf<Kind>, key: string) => Promise<ResultOf<Kind>>;
  const act = async (input: InputOf<Kind>, key: string): Promise<ResultOf<Kind> | typeof QUEUED> => {
    const made = { person: keeper.read()?.user.id ?? null, madeAt: Date.now() };
    if (!queue.isWaiting && live.status().line !== "offline") {
      try {
        return await send(input, key);
      } catch (error) {
        if (!(error instanceof Problem && error.isOffline)) throw error;
      }
    }
    await queue.add(kind, input, key, made).catch(() => {
      throw new Error(texts.notKept);
    });
    return QUEUED;
  };
  return useAct(act, (result) => {
    if (result !== QUEUED) return onDone?.(result);
    toast(texts.queued);
    onQueued?.();
  });
}
