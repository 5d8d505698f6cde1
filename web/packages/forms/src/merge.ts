/** A field that both sides changed, to different values. */
export interface Clash<Value extends object> {
  readonly field: keyof Value & string;
  readonly mine: Value[keyof Value];
  readonly theirs: Value[keyof Value];
}

export interface Merged<Value extends object> {
  /** Mine where I changed it, theirs where I did not. */
  readonly value: Value;
  readonly clashes: readonly Clash<Value>[];
  /** Fields that the others changed and I did not. */
  readonly taken: readonly (keyof Value & string)[];
}

/** The fields in which a value differs from its base. */
export function changesOf<Value extends object>(base: Value, value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([field, now]) => !isSame(now, base[field as keyof Value]))) as Partial<Value>;
}

/** The count of a record's changes: it always differs after one, and nobody typed it. */
const VERSION = "version";

/** Join two changes of one base, field by field. What was typed is never lost: it wins until the person says otherwise. */
export function merge<Value extends object>(base: Value, mine: Value, theirs: Value): Merged<Value> {
  const typed = changesOf(base, mine);
  const changed = changesOf(base, theirs);
  const fields = (Object.keys(changed) as (keyof Value & string)[]).filter((field) => field !== VERSION);
  return {
    value: { ...theirs, ...typed },
    clashes: fields.filter((field) => field in typed && !isSame(mine[field], theirs[field])).map((field) => ({ field, mine: mine[field], theirs: theirs[field] })),
    taken: fields.filter((field) => !(field in typed)),
  };
}

/** What came back of a save, with what was typed while it was on its way. */
export function carryOver<Value extends object>(sent: Value, typed: Value, stored: Value): Value {
  return { ...stored, ...changesOf(sent, typed) };
}

function isSame(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
