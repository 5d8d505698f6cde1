import { useSyncExternalStore } from "react";

import { cx } from "./cx.ts";
import { CloseIcon } from "./icons.tsx";

type ToastTone = "good" | "bad" | "plain";

interface Toast {
  readonly id: number;
  readonly tone: ToastTone;
  readonly text: string;
}

const SHOWN_MS = 5_000;
const TONES: Record<ToastTone, string> = {
  good: "bg-free text-linen",
  bad: "bg-danger text-linen",
  plain: "bg-ink text-linen",
};

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Show a short message above the page for a few seconds. */
export function toast(text: string, tone: ToastTone = "plain"): void {
  const id = nextId++;
  set([...toasts.filter((other) => other.text !== text).slice(-1), { id, tone, text }]);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  set(toasts.filter((other) => other.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where toasts appear; spoken politely. */
export function Toaster({ dismissLabel }: { readonly dismissLabel: string }) {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 top-18 z-50 flex flex-col items-center gap-2 px-4">
      {shown.map(({ id, tone, text }) => (
        <div key={id} className={cx("pointer-events-auto flex max-w-md animate-fade items-center rounded-2xl text-sm font-semibold shadow-sheet", TONES[tone])}>
          <p className="py-3 pl-4">{text}</p>
          <button type="button" aria-label={dismissLabel} onClick={() => dismiss(id)} className="flex size-12 shrink-0 items-center justify-center">
            <CloseIcon className="size-4" />
          </button>
        </div>
      ))}
    </div>
  );
}
