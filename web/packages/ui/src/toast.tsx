import { useSyncExternalStore } from "react";

import { cx } from "./cx.ts";
import { CloseIcon } from "./icons.tsx";

type ToastTone = "good" | "bad" | "plain";

interface Toast {
  readonly id: number;
  readonly tone: ToastTone;
  readonly text: string;
  readonly action: ToastAction | undefined;
}

/** What can be done about it while it is shown. */
export interface ToastAction {
  readonly label: string;
  readonly onAct: () => void;
}

const SHOWN_MS = 5_000;
const ACTION_MS = 10_000;
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

/** Show a short message above the page for a few seconds, longer with something to do about it. */
export function toast(text: string, tone: ToastTone = "plain", action?: ToastAction): void {
  const id = nextId++;
  set([...toasts.filter((other) => other.text !== text).slice(-1), { id, tone, text, action }]);
  setTimeout(() => dismiss(id), action === undefined ? SHOWN_MS : ACTION_MS);
}

function dismiss(id: number): void {
  set(toasts.filter((other) => other.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Where toasts appear; spoken politely. */
export function Toaster({ dismissLabel, place = "top" }: { readonly dismissLabel: string; readonly place?: "top" | "bottom" }) {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div role="status" aria-live="polite" className={cx("pointer-events-none fixed inset-x-0 z-50 flex flex-col items-center gap-2 px-4", place === "top" ? "top-18 text-sm" : "bottom-18 text-base")}>
      {shown.map(({ id, tone, text, action }) => (
        <div key={id} className={cx("pointer-events-auto flex max-w-md animate-fade items-center rounded-2xl font-semibold shadow-sheet", TONES[tone])}>
          <p className="py-3 pl-4">{text}</p>
          {action !== undefined && (
            <button
              type="button"
              className="ml-2 min-h-12 shrink-0 rounded-2xl px-4 underline underline-offset-4"
              onClick={() => {
                dismiss(id);
                action.onAct();
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" aria-label={dismissLabel} onClick={() => dismiss(id)} className="flex size-12 shrink-0 items-center justify-center">
            <CloseIcon className="size-4" />
          </button>
        </div>
      ))}
    </div>
  );
}
