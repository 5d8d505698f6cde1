import { Button } from "./button.tsx";
import { Notice } from "./states.tsx";

export interface MeanwhileClash {
  readonly field: string;
  readonly label: string;
  readonly mine: string;
  readonly theirs: string;
  /** Who typed theirs, and when. */
  readonly by?: string;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
}

export interface MeanwhileProps {
  readonly title: string;
  /** What was taken over without asking: one line for each field. */
  readonly taken: readonly string[];
  readonly clashes: readonly MeanwhileClash[];
  readonly words: {
    readonly clash: string;
    readonly mine: string;
    readonly theirs: string;
    readonly keepMine: string;
    readonly takeTheirs: string;
  };
}

/** What somebody else saved while a form was open, and what the person has to decide. */
export function Meanwhile({ title, taken, clashes, words }: MeanwhileProps) {
  return (
    <Notice tone="held" role="alert">
      <p className="font-bold">{title}</p>
      {taken.length > 0 && (
        <ul className="mt-1 list-disc pl-5">
          {taken.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {clashes.length > 0 && <p className="mt-2">{words.clash}</p>}
      {clashes.map((clash) => (
        <fieldset key={clash.field} className="mt-2 rounded-2xl border border-edge bg-raised p-3 text-ink">
          <legend className="sr-only">{clash.label}</legend>
          <p aria-hidden="true" className="font-semibold">
            {clash.label}
          </p>
          <dl className="my-2 grid gap-x-3 sm:grid-cols-[auto_1fr] sm:gap-y-1 [&_dd]:font-semibold">
            <dt className="text-muted">{words.mine}</dt>
            <dd className="wrap-anywhere whitespace-pre-line">{clash.mine}</dd>
            <dt className="text-muted">{clash.by ?? words.theirs}</dt>
            <dd className="wrap-anywhere whitespace-pre-line">{clash.theirs}</dd>
          </dl>
          <div className="flex flex-wrap gap-2">
            <Button look="soft" onClick={clash.onMine}>
              {words.keepMine}
            </Button>
            <Button look="soft" onClick={clash.onTheirs}>
              {words.takeTheirs}
            </Button>
          </div>
        </fieldset>
      ))}
    </Notice>
  );
}
