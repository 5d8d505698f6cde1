interface Page<Item> {
  readonly items: Item[];
}

interface Loaded<P> {
  pages: P[];
  pageParams: (string | null)[];
}

/** The loaded pages with the newest page on top of them. Where it does not reach down to them, older pages would leave a hole: it stands alone. */
export function withNewest<Item extends { readonly id: string }, P extends Page<Item>>(loaded: Loaded<P>, newest: P): Loaded<P> {
  const [first, ...older] = loaded.pages;
  const known = new Set(loaded.pages.flatMap(({ items }) => items.map(({ id }) => id)));
  const fresh = newest.items.filter(({ id }) => !known.has(id));
  if (first === undefined || (fresh.length === newest.items.length && known.size > 0)) return { pages: [newest], pageParams: [null] };
  return { ...loaded, pages: [{ ...first, items: [...fresh, ...first.items] }, ...older] };
}
