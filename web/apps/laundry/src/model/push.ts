import { body, done, Problem } from "@livefloor/api";
import { useMutation, useQuery } from "@tanstack/react-query";

import { useMeta } from "./hooks.ts";
import { mount } from "./mount.ts";
import { api, keeper, queries } from "./services.ts";
import { worker } from "./worker.ts";

export type PushState = "on" | "off" | "blocked" | "unsupported" | "unconfigured" | "busy";

export interface PushSwitch {
  readonly state: PushState;
  readonly error: Error | null;
  readonly turnOn: () => Promise<void>;
  readonly turnOff: () => Promise<void>;
}

/** Where the id is kept that the server knows this person's subscription by. */
const keyOf = (person: string | undefined): string => `livefloor-laundry push ${mount} ${person ?? ""}`;
const myKey = (): string => keyOf(keeper.read()?.user.id);
const QUERY = ["push"];

async function subscribe(publicKey: string): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") return;
  const found = await worker;
  const subscription = await found?.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  const { endpoint, keys } = subscription?.toJSON() ?? {};
  if (endpoint === undefined || keys?.p256dh === undefined || keys.auth === undefined) throw new Error("The browser gave no address for pushes.");
  const { id } = await body(api.http.POST("/api/v1/notifications/push-subscriptions", { body: { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } } }));
  localStorage.setItem(myKey(), id);
}

async function endSubscription(): Promise<void> {
  const subscription = await (await worker)?.pushManager.getSubscription();
  await subscription?.unsubscribe();
}

async function unsubscribe(): Promise<void> {
  const key = myKey();
  const id = localStorage.getItem(key);
  await endSubscription();
  if (id !== null) await done(api.http.DELETE("/api/v1/notifications/push-subscriptions/{id}", { params: { path: { id } } })).catch(unlessGone);
  localStorage.removeItem(key);
}

/** The server may have dropped it already, after the push service did. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Problem && error.status === 404)) throw error;
}

let person = keeper.read()?.user.id;
keeper.subscribe(() => {
  const next = keeper.read()?.user.id;
  if (next === person) return;
  // Whoever leaves takes their pushes along: the device may be shared. The server hears of it from the push service.
  const key = keyOf(person);
  person = next;
  if (localStorage.getItem(key) === null) return;
  localStorage.removeItem(key);
  void endSubscription().catch(() => undefined);
});

/** Pushes to this browser: whether they can be had, are on, and the switch. */
export function usePush(): PushSwitch {
  const publicKey = useMeta().data?.push_public_key ?? null;
  const isSupported = "PushManager" in window && "Notification" in window;
  const { data: isOn } = useQuery({
    queryKey: QUERY,
    enabled: isSupported,
    queryFn: async () => localStorage.getItem(myKey()) !== null && (await (await worker)?.pushManager.getSubscription()) != null,
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
