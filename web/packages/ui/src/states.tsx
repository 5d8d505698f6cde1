import type { ReactNode } from "react";

import { Button } from "./button.tsx";
import { cx } from "./cx.ts";
import { OfflineIcon } from "./icons.tsx";

export type Tone = "info" | "free" | "held" | "done" | "danger" | "off";

const TONES: Record<Tone, string> = {
  info: "bg-brand-soft text-brand-strong",
  free: "bg-free-soft text-free",
  held: "bg-held-soft text-held",
  done: "bg-done-soft text-done",
  danger: "bg-danger-soft text-danger",
  off: "bg-off-soft text-ink",
};

/** A short message in its place on the page. */
export function Notice({ tone = "info", role, children }: { readonly tone?: Tone; readonly role?: "alert" | "status"; readonly children: ReactNode }) {
  return (
    <div role={role} className={cx("rounded-2xl px-4 py-3 text-sm leading-snug font-medium", TONES[tone])}>
      {children}
    </div>
  );
}

/** Why something was refused or failed, beside what was tried; nothing while it was not. */
export function Refusal({ error }: { readonly error: Error | null | undefined }) {
  if (error == null) return null;
  return (
    <Notice tone="danger" role="alert">
      {error.message}
    </Notice>
  );
}

/** Nothing here yet, and what to do next. */
export function EmptyState({ children }: { readonly children: ReactNode }) {
  return <p className="rounded-2xl border border-dashed border-edge px-4 py-4 text-sm text-muted">{children}</p>;
}

export interface ErrorStateProps {
  readonly title: string;
  readonly detail: string;
  readonly retryLabel: string;
  readonly busyLabel: string;
  readonly busy: boolean;
  readonly onRetry: () => void;
}

export function ErrorState({ title, detail, retryLabel, busyLabel, busy, onRetry }: ErrorStateProps) {
  return (
    <div role="alert" className="mx-auto my-10 flex max-w-sm flex-col items-center gap-3 text-center">
      <span className="flex size-14 items-center justify-center rounded-full bg-danger-soft text-danger">
        <OfflineIcon className="size-7" />
      </span>
      <h2 className="text-lg font-bold">{title}</h2>
      <p className="text-muted">{detail}</p>
      <Button look="soft" busy={busy && busyLabel} onClick={onRetry}>
        {retryLabel}
      </Button>
    </div>
  );
}

/** A grey shape where something is about to be. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden="true" className={cx("animate-breathe rounded-tile bg-off-soft", className)} />;
}

export function LoadingState({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div role="status" aria-busy="true">
      <span className="sr-only">{label}</span>
      {children}
    </div>
  );
}

export type DotTone = "live" | "waiting" | "off";

const DOTS: Record<DotTone, string> = {
  live: "bg-free",
  waiting: "bg-held animate-breathe",
  off: "border-2 border-danger",
};

/** State of the line: a dot and always its word. */
export function ConnectionDot({ tone, word, className = "text-xs" }: { readonly tone: DotTone; readonly word: string; readonly className?: string }) {
  return (
    <span role="status" className={cx("inline-flex items-center gap-1.5 font-medium whitespace-nowrap text-muted", className)}>
      <span aria-hidden="true" className={cx("size-2 rounded-full", DOTS[tone])} />
      {word}
    </span>
  );
}
