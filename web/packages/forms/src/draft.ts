import { useState } from "react";

import { carryOver, changesOf, merge, type Clash, type Merged } from "./merge.ts";

export interface DraftOptions<Value extends object> {
  /** The fields as the server holds them; what is typed starts from here. */
  readonly stored: Value;
  /** Send the fields that were changed of `base`, whose version they name. Gives the fields as they are stored now. */
  save(changes: Partial<Value>, base: Value): Promise<Value>;
  /** Load the fields anew after somebody else changed them. */
  reload(): Promise<Value>;
  /** True for the refusal that says "changed meanwhile". */
  isStale(error: unknown): boolean;
  /** What the server said of single fields. */
  fieldErrors(error: unknown): Readonly<Record<string, string>>;
  readonly onSaved?: (stored: Value) => void;
}

export interface Draft<Value extends object> {
  readonly value: Value;
  readonly set: <Field extends keyof Value>(field: Field, next: Value[Field]) => void;
  /** How many fields are not as they were. */
  readonly changed: number;
  readonly isDirty: boolean;
  readonly isBusy: boolean;
  /** The last refusal; null once something else was typed or saved. */
  readonly error: Error | null;
  readonly errors: Readonly<Record<string, string>>;
  /** What somebody else saved meanwhile: fields taken over, and fields to decide on. */
  readonly meanwhile: Pick<Merged<Value>, "clashes" | "taken"> | null;
  readonly decide: (clash: Clash<Value>, which: "mine" | "theirs") => void;
  readonly save: () => Promise<void>;
  readonly undo: () => void;
}

interface State<Value extends object> {
  /** What `stored` was when it was last taken over: only what came since is news. */
  readonly seen: Value;
  readonly base: Value;
  readonly value: Value;
  readonly meanwhile: Pick<Merged<Value>, "clashes" | "taken"> | null;
  readonly error: Error | null;
}

/** How often a save is sent again after others were faster; more often is no longer bad luck. */
const TRIES = 3;

/**
 * A form over a record that others change too.
 *
 * Only changed fields are sent. When somebody was faster the typed values stay and theirs are taken over where they do
 * not clash; without a clash the save goes on by itself, else the rest is shown for the person to decide.
 */
export function useDraft<Value extends object>(options: DraftOptions<Value>): Draft<Value> {
  const { stored } = options;
  const [state, setState] = useState<State<Value>>({ seen: stored, base: stored, value: stored, meanwhile: null, error: null });
  const [isBusy, setBusy] = useState(false);
  const changed = Object.keys(changesOf(state.base, state.value)).length;
  const isDirty = changed > 0;

  // An untouched form follows the server.
  if (!isDirty && !isBusy && Object.keys(changesOf(state.seen, stored)).length > 0) {
    setState((now) => ({ ...now, seen: stored, base: stored, value: stored, error: null }));
  }

  async function send(base: Value, value: Value, taken: Merged<Value>["taken"], tries: number): Promise<void> {
    try {
      const changes = changesOf(base, value);
      // Both may have typed the same.
      const after = Object.keys(changes).length === 0 ? base : await options.save(changes, base);
      setState((now) => ({ ...now, base: after, value: carryOver(value, now.value, after), meanwhile: taken.length > 0 ? { clashes: [], taken } : null, error: null }));
      options.onSaved?.(after);
    } catch (error) {
      if (!options.isStale(error) || tries === 0) throw error;
      const theirs = await options.reload();
      const merged = merge(base, value, theirs);
      const meanwhile = { clashes: merged.clashes, taken: [...new Set([...taken, ...merged.taken])] };
      setState((now) => ({ ...now, base: theirs, value: carryOver(value, now.value, merged.value), meanwhile, error: null }));
      if (merged.clashes.length === 0) await send(theirs, merged.value, meanwhile.taken, tries - 1);
    }
  }

  async function save(): Promise<void> {
    setBusy(true);
    try {
      await send(state.base, state.value, [], TRIES);
    } catch (failure) {
      setState((now) => ({ ...now, error: failure instanceof Error ? failure : new Error(String(failure)) }));
    } finally {
      setBusy(false);
    }
  }

  return {
    value: state.value,
    // The note of an earlier save is done with; open decisions stay.
    set: (field, next) =>
      setState((now) => ({ ...now, value: { ...now.value, [field]: next }, meanwhile: now.meanwhile?.clashes.length ? now.meanwhile : null, error: null })),
    changed,
    isDirty,
    isBusy,
    error: state.error,
    errors: state.error === null ? {} : options.fieldErrors(state.error),
    meanwhile: state.meanwhile,
    decide: ({ field, theirs }, which) =>
      setState((now) => ({
        ...now,
        value: { ...now.value, [field]: which === "mine" ? now.value[field] : theirs },
        meanwhile: now.meanwhile && { ...now.meanwhile, clashes: now.meanwhile.clashes.filter((clash) => clash.field !== field) },
      })),
    save,
    undo: () => setState((now) => ({ ...now, value: now.base, meanwhile: null, error: null })),
  };
}
