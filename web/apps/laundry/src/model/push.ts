import { body, done } from "@livefloor/api";
import { useMutation, useQuery } from "@tanstack/react-query";

import { useMeta } from "./hooks.ts";
import { api, queries } from "./services.ts";
import { worker } from "./worker.ts";

export type PushState = "on" | "off" | "blocked" | "unsupported" | "unconfigured" | "busy";

export interface PushSwitch {
  readonly state: PushState;
  readonly error: Error | null;
  readonly turnOn: () => Promise<void>;
  readonly turnOff: () => Promise<void>;
}

/** The id that the server knows this browser's subscription by. */
const KEY = "livefloor-laundry push";
const QUERY = ["push"];

async function subscribe(publicKey: string): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") return;
  const found = await worker;
  const subscription = await found?.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  const { endpoint, keys } = subscription?.toJSON() ?? {};
  if (endpoint === undefined || keys?.p256dh === undefined || keys.auth === undefined) throw new Error("The browser gave no address for pushes.");
  const { id } = await body(api.http.POST("/api/v1/notifications/push-subscriptions", { body: { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } } }));
  localStorage.setItem(KEY, id);
}

async function unsubscribe(): Promise<void> {
  const id = localStorage.getItem(KEY);
  const subscription = await (await worker)?.pushManager.getSubscription();
  await subscription?.unsubscribe();
  if (id !== null) await done(api.http.DELETE("/api/v1/notifications/push-subscriptions/{id}", { params: { path: { id } } }));
  localStorage.removeItem(KEY);
}

/** Pushes to this browser: whether they can be had, are on, and the switch. */
export function usePush(): PushSwitch {
  const publicKey = useMeta().data?.push_public_key ?? null;
  const isSupported = "PushManager" in window && "Notification" in window;
  const { data: isOn } = useQuery({
    queryKey: QUERY,
    enabled: isSupported,
    queryFn: async () => localStorage.getItem(KEY) !== null && (await (await worker)?.pushManager.getSubscription()) != null,
  });
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: QUERY });
  const on = useMutation({ mutationFn: subscribe, onSettled: refresh });
  const off = useMutation({ mutationFn: unsubscribe, onSettled: refresh });

  function state(): PushState {
    if (publicKey === null) return "unconfigured";
    if (!isSupported) return "unsupported";
    if (on.isPending || off.isPending) return "busy";
    if (Notification.permission === "denied") return "blocked";
    return isOn === true ? "on" : "off";
  }

  return {
    state: state(),
    error: on.error ?? off.error,
    turnOn: async () => {
      if (publicKey !== null) await on.mutateAsync(publicKey).catch(() => undefined);
    },
    turnOff: () => off.mutateAsync().catch(() => undefined),
  };
}
