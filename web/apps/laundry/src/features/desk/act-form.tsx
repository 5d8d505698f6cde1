import { Problem } from "@livefloor/api";
import { Button, Notice } from "@livefloor/ui";
import type { ReactNode, SubmitEvent } from "react";

import { reasonOf, texts } from "../../texts/desk/index.ts";

interface ActFormProps {
  readonly text: string;
  readonly submit: string;
  readonly danger?: boolean;
  readonly disabled: boolean;
  readonly busy: boolean;
  readonly error: Error | null;
  /** Fields that show their own errors. */
  readonly fields?: readonly string[];
  readonly children?: ReactNode;
  readonly onSubmit: () => void;
}

/** One act with what it needs to know, what it does, and why it was refused. */
export function ActForm({ text, submit, danger = false, disabled, busy, error, fields = [], children, onSubmit }: ActFormProps) {
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!busy) onSubmit();
  };
  return (
    <form onSubmit={send} noValidate className="flex flex-col gap-3">
      <p className="text-sm text-muted">{text}</p>
      {children}
      {error !== null && !fields.some((field) => fieldError(error, field) !== undefined) && (
        <Notice tone="danger" role="alert">
          {reasonOf(error)}
        </Notice>
      )}
      <Button type="submit" look={danger ? "danger" : "primary"} disabled={disabled} busy={busy && texts.acts.saving}>
        {submit}
      </Button>
    </form>
  );
}

/** What the server said of one field. */
export function fieldError(error: Error | null, field: string): string | undefined {
  return error instanceof Problem ? error.fields[field] : undefined;
}

/** Long enough for the server to take it as a reason. */
export function isSaid(text: string): boolean {
  return text.trim().length >= 3;
}
