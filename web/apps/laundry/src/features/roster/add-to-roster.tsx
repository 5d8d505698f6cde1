import { Button, buttonClass, Notice, Refusal, TextArea } from "@livefloor/ui";
import { useId, useState, type ChangeEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { texts } from "../../texts/admin/index.ts";
import { addToRoster } from "./api.ts";
import { parseRoster, type RosterLine } from "./parse.ts";

const MOST_AT_ONCE = 5000;
const SHOWN = 10;

/** Type, paste or load ids; see what will be taken; add them. */
export function AddToRoster() {
  const [text, setText] = useState("");
  // What was left out of the text that was sent, to be shown beside the answer.
  const [leftOut, setLeftOut] = useState<readonly RosterLine[]>([]);
  const fileId = useId();
  const add = useAct(addToRoster, () => setText(""));
  const { rows, repeated, rejected } = parseRoster(text);
  const isTooMany = rows.length > MOST_AT_ONCE;
  const { roster } = texts;

  const change = (next: string): void => {
    setText(next);
    if (!add.isIdle) add.reset();
  };
  const load = (event: ChangeEvent<HTMLInputElement>): void => {
    const file = event.target.files?.[0];
    if (file !== undefined) void file.text().then(change);
    event.target.value = "";
  };
  const send = (): void => {
    setLeftOut(rejected);
    add.mutate(rows);
  };

  return (
    <section className="rounded-tile border border-line bg-card p-4 md:p-5">
      <h2 className="mb-3 text-lg font-bold">{roster.add}</h2>
      <div className="flex flex-col gap-4">
        <TextArea label={roster.ids} hint={roster.idsHint} error={isTooMany ? roster.tooMany : undefined} rows={5} value={text} spellCheck={false} onChange={(event) => change(event.target.value)} />
        <div>
          <label htmlFor={fileId} className={buttonClass("quiet", "cursor-pointer has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand")}>
            {roster.file}
            <input id={fileId} type="file" accept=".csv,.txt,text/csv,text/plain" className="sr-only" aria-describedby={`${fileId}-hint`} onChange={load} />
          </label>
          <p id={`${fileId}-hint`} className="mt-1.5 text-sm text-muted">
            {roster.fileHint}
          </p>
        </div>
        {text.trim() !== "" && (
          <section aria-label={roster.preview} aria-live="polite" className="flex flex-col gap-2">
            <h3 className="text-sm font-semibold">{roster.preview}</h3>
            <p className="text-2xl font-bold">{roster.willTake(rows.length)}</p>
            {repeated > 0 && <p className="text-sm text-muted">{roster.repeated(repeated)}</p>}
            {rejected.length > 0 && <Lines title={roster.rejected(rejected.length)} lines={rejected} />}
          </section>
        )}
        <Refusal error={add.error} />
        {add.data !== undefined && (
          <div role="status" className="flex flex-col gap-2">
            <Notice tone="free">{roster.done(add.data.added, add.data.existing)}</Notice>
            {leftOut.length + add.data.rejected.length > 0 && (
              <Lines title={roster.rejectedAfter(leftOut.length + add.data.rejected.length)} lines={[...leftOut, ...add.data.rejected]} />
            )}
          </div>
        )}
        <Button className="self-start" disabled={rows.length === 0 || isTooMany} busy={add.isPending && roster.sending} onClick={send}>
          {roster.send(rows.length)}
        </Button>
      </div>
    </section>
  );
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly RosterLine[] }) {
  const { roster } = texts;
  return (
    <Notice tone="done">
      <p>{title}</p>
      <ul className="mt-1 list-disc pl-5 font-normal wrap-anywhere">
        {lines.slice(0, SHOWN).map(({ line, value }) => (
          <li key={line}>{roster.line(line, value.slice(0, 100))}</li>
        ))}
      </ul>
      {lines.length > SHOWN && <p className="mt-1">{roster.andMore(lines.length - SHOWN)}</p>}
    </Notice>
  );
}
