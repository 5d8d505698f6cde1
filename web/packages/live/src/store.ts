import { reduce, type Change, type Held, type LiveState, type Row, type Shelf } from "./reducer.ts";

/** The views of a system by collection name. */
export type Collections<C> = { readonly [K in keyof C]: object };

type Name<C> = Extract<keyof C, string>;

/** Holds the newest view of all that is on the screen. The only way to change it is the reducer. */
export class LiveStore<C extends Collections<C>> {
  #state: LiveState = new Map();
  readonly #listeners = new Set<() => void>();
  readonly #lists = new WeakMap<Shelf, readonly object[]>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get<K extends Name<C>>(collection: K, id: string): C[K] | undefined {
    return (this.#state.get(collection)?.get(id)?.value ?? undefined) as C[K] | undefined;
  }

  /** All views of a collection; the same array as long as nothing in it changed. Undefined before the first load. */
  all<K extends Name<C>>(collection: K): readonly C[K][] | undefined {
    const shelf = this.#state.get(collection);
    if (shelf === undefined) return undefined;
    let list = this.#lists.get(shelf);
    if (list === undefined) {
      list = [...shelf.values()].map((held: Held) => held.value).filter((value) => value !== null);
      this.#lists.set(shelf, list);
    }
    return list as readonly C[K][];
  }

  /** The views of a collection with their versions, to be kept and given to `snapshot` another day. */
  rows<K extends Name<C>>(collection: K): readonly (Row & { readonly value: C[K] })[] {
    const shelf = this.#state.get(collection) ?? new Map<string, Held>();
    return [...shelf].flatMap(([id, { version, value }]) => (value === null ? [] : [{ id, version, value: value as C[K] }]));
  }

  put<K extends Name<C>>(collection: K, id: string, version: number, value: C[K], seq = 0): void {
    this.apply([{ kind: "put", collection, id, version, seq, value }]);
  }

  snapshot<K extends Name<C>>(collection: K, seq: number, rows: readonly (Row & { readonly value: C[K] })[]): void {
    this.apply([{ kind: "snapshot", collection, seq, rows }]);
  }

  apply(changes: readonly Change[]): void {
    const before = this.#state;
    this.#state = changes.reduce(reduce, before);
    if (this.#state !== before) this.#tell();
  }

  /** Forget everything: another person signs in. */
  clear(): void {
    this.#state = new Map();
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
