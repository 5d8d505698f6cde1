/** What is kept of one thing: its newest known view, or null once it is removed. */
export interface Held {
  readonly version: number;
  /** Position in the log of the news that brought this view (0 when unknown). */
  readonly seq: number;
  readonly value: object | null;
}

export type Shelf = ReadonlyMap<string, Held>;
export type LiveState = ReadonlyMap<string, Shelf>;

export interface Row {
  readonly id: string;
  readonly version: number;
  readonly value: object;
}

export type Change =
  /** A whole view, from an event or an answer. */
  | { readonly kind: "put"; readonly collection: string; readonly id: string; readonly version: number; readonly seq: number; readonly value: object }
  | { readonly kind: "removed"; readonly collection: string; readonly id: string; readonly version: number; readonly seq: number }
  /** Fields that travel in an event of another thing and have no version of their own. */
  | { readonly kind: "amend"; readonly collection: string; readonly id: string; readonly seq: number; readonly fields: object }
  /** All rows of a collection as they were at `seq`. */
  | { readonly kind: "snapshot"; readonly collection: string; readonly seq: number; readonly rows: readonly Row[] };

const EMPTY: Shelf = new Map();

/**
 * Put by (collection, id) when the version is newer.
 *
 * An answer and the event of the same change carry the same view, so their order does not matter and a repeat changes
 * nothing. Removed things leave a marker behind: an older view that arrives late must not bring them back.
 */
export function reduce(state: LiveState, change: Change): LiveState {
  const shelf = state.get(change.collection) ?? EMPTY;
  const next = reduceShelf(shelf, change);
  if (next === shelf && state.has(change.collection)) return state;
  return new Map(state).set(change.collection, next);
}

function reduceShelf(shelf: Shelf, change: Change): Shelf {
  switch (change.kind) {
    case "put": {
      const held = shelf.get(change.id);
      if (held !== undefined && held.version >= change.version) return shelf;
      return new Map(shelf).set(change.id, { version: change.version, seq: change.seq, value: change.value });
    }
    case "removed": {
      const held = shelf.get(change.id);
      if (held !== undefined && held.version > change.version) return shelf;
      return new Map(shelf).set(change.id, { version: change.version, seq: change.seq, value: null });
    }
    case "amend": {
      const held = shelf.get(change.id);
      if (held?.value == null || held.seq > change.seq) return shelf;
      return new Map(shelf).set(change.id, { ...held, seq: change.seq, value: { ...held.value, ...change.fields } });
    }
    case "snapshot": {
      const next = new Map<string, Held>();
      for (const row of change.rows) {
        const held = shelf.get(row.id);
        // At an equal version the later of the two wins: fields that an event amended live beside the version.
        const keep = held !== undefined && (held.version > row.version || (held.version === row.version && held.seq > change.seq));
        next.set(row.id, keep ? held : { version: row.version, seq: change.seq, value: row.value });
      }
      for (const [id, held] of shelf) {
        // What is missing is gone, unless the news of it is younger than the snapshot.
        if (!next.has(id) && (held.seq > change.seq || held.value === null)) next.set(id, held);
      }
      return next;
    }
  }
}
