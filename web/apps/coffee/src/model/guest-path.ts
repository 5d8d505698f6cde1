import { mount } from "@livefloor/base";
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
const tell = (): void => listeners.forEach((listener) => listener());
addEventListener("popstate", tell);

/** Where the guest is, below the mount: `menu/HARBOUR`. */
export function useGuestPath(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => location.pathname.slice(mount.length),
  );
}

/** Go to another page of the guests' without loading the document again: the network may be gone by now. */
export function goTo(path: string): void {
  history.pushState(null, "", mount + path);
  scrollTo(0, 0);
  tell();
}
