import { Problem } from "@livefloor/api";
import { Button, Countdown, Notice, NumberPad, useNow } from "@livefloor/ui";
import { useRef, useState, type ReactNode, type SubmitEvent } from "react";

import { texts } from "../../texts/index.ts";

interface EntryFormProps {
  readonly title: string;
  readonly text: string;
  readonly submit: string;
  readonly submitting: string;
  readonly busy: boolean;
  readonly error: Error | null;
  /** When this failure was met, to count its waiting time from. */
  readonly failedAt: number;
  readonly pad?: boolean;
  readonly children: ReactNode;
  readonly links: ReactNode;
  readonly onSubmit: () => void;
}

/** The frame of the pages before sign-in: fields, number pad, what went wrong, and for how long to wait. */
export function EntryForm({ title, text, submit, submitting, busy, error, failedAt, pad = false, children, links, onSubmit }: EntryFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [field, setField] = useState<HTMLInputElement | null>(null);
  const now = useNow();
  const wait = error instanceof Problem && error.retryAfter !== null ? failedAt + error.retryAfter * 1000 : null;
  const isLocked = wait !== null && now < wait;

  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isLocked && !busy) onSubmit();
  };

  const numberFields = (): HTMLInputElement[] => Array.from(form.current?.querySelectorAll<HTMLInputElement>("input[data-digits]") ?? []);

  const press = (digit: string): void => {
    const fields = numberFields();
    const isFull = (input: HTMLInputElement): boolean => input.value.length >= input.maxLength;
    const current = field !== null && fields.includes(field) ? field : fields[0];
    const target = current !== undefined && isFull(current) ? fields[fields.indexOf(current) + 1] : current;
    if (target === undefined || isFull(target)) return;
    type(target, target.value + digit);
    target.focus();
  };

  const erase = (): void => {
    const target = field ?? numberFields()[0];
    if (target === undefined) return;
    type(target, target.value.slice(0, -1));
    target.focus();
  };

  return (
    <form
      ref={form}
      onSubmit={send}
      onFocus={(event) => {
        if (event.target instanceof HTMLInputElement) setField(event.target);
      }}
      noValidate
      className="flex w-full flex-col gap-4"
    >
      <EntryHead title={title} text={text} />
      {children}
      {error !== null && (
        <Notice tone="danger" role="alert">
          {error.message}
          <AttemptsLeft error={error} />
          {isLocked && (
            <span className="mt-1 block">
              {texts.session.lockedFor} <Countdown until={wait} className="font-bold" />
            </span>
          )}
        </Notice>
      )}
      {pad && (
        <div className="md:hidden">
          <NumberPad label={texts.session.pad} eraseLabel={texts.session.erase} onDigit={press} onErase={erase} />
        </div>
      )}
      <Button type="submit" busy={busy && submitting} disabled={isLocked}>
        {submit}
      </Button>
      <nav className="flex flex-col items-center gap-1 text-sm">{links}</nav>
    </form>
  );
}

/** What a page before sign-in is for. */
export function EntryHead({ title, text }: Pick<EntryFormProps, "title" | "text">) {
  return (
    <div>
      <h1 className="text-2xl font-bold">{title}</h1>
      <p className="mt-1 text-muted">{text}</p>
    </div>
  );
}

function AttemptsLeft({ error }: { readonly error: Error }) {
  const left = error instanceof Problem ? error.details.attempts_left : undefined;
  return typeof left === "number" ? <span className="mt-1 block">{texts.session.attemptsLeft(left)}</span> : null;
}

/** React keeps the value of its inputs: set it the way typing does, so that `onChange` hears it. */
function type(input: HTMLInputElement, value: string): void {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, value);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
