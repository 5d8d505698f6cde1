import type { Draft } from "@livefloor/forms";
import { Button, Meanwhile, Notice, Refusal } from "@livefloor/ui";

/** What is said while a form is changed, saved, and was changed by others. */
export interface SaveTexts {
  readonly save: string;
  readonly saving: string;
  readonly undo: string;
  /** Some fields are not right yet. */
  readonly wrong: string;
  readonly unchanged: string;
  readonly changed: string | ((count: number) => string);
  readonly meanwhile: {
    readonly title: (who: string | null) => string;
    readonly taken: (label: string, value: string) => string;
    readonly clash: string;
    readonly mine: string;
    readonly theirs: string;
    readonly by: (who: string) => string;
    readonly keepMine: string;
    readonly takeTheirs: string;
    readonly decide: string;
    /** Stands for a value that is empty. */
    readonly empty: string;
  };
}

interface MeanwhileProps<Value extends object> {
  readonly draft: Draft<Value>;
  readonly labelOf: (field: keyof Value & string) => string;
  /** A value of a field in words. */
  readonly said: (field: keyof Value & string, value: Value[keyof Value]) => string;
  /** Who changed the record last, or each of its fields, in words; null where nobody tells. */
  readonly author?: string | null | ((field: keyof Value & string) => string | null);
}

interface SaveBarProps<Value extends object> extends MeanwhileProps<Value> {
  /** Some fields were found wrong before sending. */
  readonly isWrong?: boolean;
}

/** The foot of a form over a record that others change too, in an app's own words. */
export function saveBarWith(texts: SaveTexts) {
  function Changed<Value extends object>({ draft, labelOf, said: say, author = null }: MeanwhileProps<Value>) {
    const { meanwhile } = draft;
    if (meanwhile === null || (meanwhile.taken.length === 0 && meanwhile.clashes.length === 0)) return null;
    const { title, taken, by, empty, ...words } = texts.meanwhile;
    const said: typeof say = (field, value) => say(field, value) || empty;
    const authorOf = (field: keyof Value & string): string | null => (typeof author === "function" ? author(field) : author);
    const who = new Set([...meanwhile.taken, ...meanwhile.clashes.map(({ field }) => field)].map(authorOf).filter((one) => one !== null));
    return (
      <Meanwhile
        title={title(who.size === 0 ? null : [...who].join(", "))}
        taken={meanwhile.taken.map((field) => taken(labelOf(field), said(field, draft.value[field])))}
        words={words}
        clashes={meanwhile.clashes.map((clash) => {
          const changer = authorOf(clash.field);
          return {
            field: clash.field,
            label: labelOf(clash.field),
            mine: said(clash.field, draft.value[clash.field]),
            theirs: said(clash.field, clash.theirs),
            ...(changer === null ? {} : { by: by(changer) }),
            onMine: () => draft.decide(clash, "mine"),
            onTheirs: () => draft.decide(clash, "theirs"),
          };
        })}
      />
    );
  }

  /** Stays in sight while the form scrolls: what is changed, what others changed, and the way to save. */
  function SaveBar<Value extends object>({ isWrong = false, ...shown }: SaveBarProps<Value>) {
    const { draft } = shown;
    const isOpen = (draft.meanwhile?.clashes.length ?? 0) > 0;
    const changed = typeof texts.changed === "string" ? texts.changed : texts.changed(draft.changed);
    return (
      <div className="sticky bottom-20 z-10 flex max-h-[70dvh] flex-col gap-3 overflow-y-auto rounded-tile border border-line bg-raised p-3 shadow-sheet md:bottom-4 md:p-4">
        <Changed {...shown} />
        <Refusal error={draft.error} />
        {isWrong && (
          <Notice tone="danger" role="alert">
            {texts.wrong}
          </Notice>
        )}
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" disabled={!draft.isDirty || isOpen} busy={draft.isBusy && texts.saving}>
            {texts.save}
          </Button>
          <Button look="quiet" disabled={!draft.isDirty || draft.isBusy} onClick={draft.undo}>
            {texts.undo}
          </Button>
          <p className="text-sm text-muted">{isOpen ? texts.meanwhile.decide : draft.isDirty ? changed : texts.unchanged}</p>
        </div>
      </div>
    );
  }

  return { Changed, SaveBar };
}
