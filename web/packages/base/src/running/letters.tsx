import { Button, Notice, toast, useNow } from "@livefloor/ui";

import { useAct } from "../act.ts";
import { loadedWith, usePages, type Page } from "../loaded.tsx";
import { whenText } from "../times.ts";
import { runningTexts as texts } from "./texts.ts";

/** Work that failed too often: an event for a reader, or a job. */
export interface DeadLetter {
  readonly id: string;
  readonly kind: "event" | "timer";
  readonly name: string;
  readonly seq: number | null;
  readonly error: string;
  readonly at: string;
}

interface LettersProps {
  readonly calls: {
    readonly letters: (cursor: string | null) => Promise<Page<DeadLetter>>;
    readonly retry: (id: string, key: string) => Promise<void>;
  };
  /** How many there are now; the list is asked for anew when it changes. */
  readonly count: number;
  readonly after: () => void;
}

const { Paged } = loadedWith(texts);

/** What was set aside, newest first, each with a way to try it again. */
export function Letters({ calls, count, after }: LettersProps) {
  const pages = usePages(["running", "letters", count], calls.letters);
  return (
    <Paged pages={pages} empty={texts.noLetters}>
      {(letters) => (
        <ul className="flex flex-col gap-3">
          {letters.map((letter) => (
            <li key={letter.id}>
              <Letter letter={letter} retry={calls.retry} after={after} />
            </li>
          ))}
        </ul>
      )}
    </Paged>
  );
}

interface LetterProps {
  readonly letter: DeadLetter;
  readonly retry: LettersProps["calls"]["retry"];
  readonly after: () => void;
}

function Letter({ letter: { id, kind, name, seq, error, at }, retry, after }: LetterProps) {
  const now = useNow(60_000);
  const act = useAct(retry, () => {
    toast(texts.retried(name));
    after();
  });
  return (
    <article aria-label={name} className="flex flex-col gap-3 rounded-tile border border-danger bg-card p-4 sm:flex-row sm:items-start sm:justify-between">
      <div className="min-w-0">
        <p className="font-bold wrap-anywhere">{name}</p>
        <p className="text-sm text-muted">
          {texts.letterKinds[kind]}
          {seq !== null && `, ${texts.event(seq)}`} · {texts.at} <time dateTime={at}>{whenText(at, now)}</time>
        </p>
        <p className="mt-1 font-mono text-xs leading-5 wrap-anywhere">{error}</p>
        {act.error !== null && (
          <div className="mt-2">
            <Notice tone="danger" role="alert">
              {act.error.message}
            </Notice>
          </div>
        )}
      </div>
      <Button look="soft" className="shrink-0" busy={act.isPending && texts.retrying} onClick={() => act.mutate(id)}>
        {texts.retry}
      </Button>
    </article>
  );
}
