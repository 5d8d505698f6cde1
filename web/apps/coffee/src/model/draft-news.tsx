import type { Draft } from "@livefloor/forms";
import { Meanwhile } from "@livefloor/ui";

export interface DraftWords {
  readonly title: string;
  readonly taken: (field: string, value: string) => string;
  readonly clash: string;
  readonly mine: string;
  readonly theirs: string;
  readonly keepMine: string;
  readonly takeTheirs: string;
  readonly empty: string;
}

interface DraftNewsProps<Value extends object> {
  readonly draft: Draft<Value>;
  readonly words: DraftWords;
  /** The name of a field; "" for one that nobody reads, as the version. */
  readonly label: (field: keyof Value) => string;
  /** A value in words. */
  readonly say: (field: keyof Value, value: Value[keyof Value]) => string;
}

/** What somebody else saved while the form was open, and what there is to decide. */
export function DraftNews<Value extends object>({ draft, words, label, say }: DraftNewsProps<Value>) {
  const { meanwhile } = draft;
  if (meanwhile === null) return null;
  const taken = meanwhile.taken.filter((field) => label(field) !== "");
  const clashes = meanwhile.clashes.filter(({ field }) => label(field) !== "");
  if (taken.length === 0 && clashes.length === 0) return null;
  const said = (field: keyof Value, value: Value[keyof Value]): string => say(field, value) || words.empty;
  return (
    <Meanwhile
      title={words.title}
      words={words}
      taken={taken.map((field) => words.taken(label(field), said(field, draft.value[field])))}
      clashes={clashes.map((clash) => ({
        field: clash.field,
        label: label(clash.field),
        mine: said(clash.field, draft.value[clash.field]),
        theirs: said(clash.field, clash.theirs),
        onMine: () => draft.decide(clash, "mine"),
        onTheirs: () => draft.decide(clash, "theirs"),
      }))}
    />
  );
}
