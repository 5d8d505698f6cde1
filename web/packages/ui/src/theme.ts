import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "livefloor-theme";
const listeners = new Set<() => void>();

function read(): Theme {
  if (typeof document === "undefined") return "system";
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

let theme: Theme = read();

function show(): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

if (typeof document !== "undefined") show();

export function setTheme(next: Theme): void {
  theme = next;
  if (next === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  show();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Light or dark by the system, until the person says otherwise. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => theme);
}
