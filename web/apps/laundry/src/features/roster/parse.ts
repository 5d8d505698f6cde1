/** One id to put on the roster. */
export interface RosterRow {
  readonly id: string;
  readonly note: string;
}

export interface RosterLine {
  readonly line: number;
  readonly value: string;
}

export interface RosterText {
  readonly rows: readonly RosterRow[];
  /** How many ids stand there again. */
  readonly repeated: number;
  readonly rejected: readonly RosterLine[];
}

const ID = /^\d{6}$/;
/** Up to the next comma, semicolon or tab, of which none counts inside quotes. */
const CELL = /"(?:[^"]|"")*"|[^,;\t]+/g;
const HEADING = /^"?[a-z_ -]*id"?\s*([,;\t]|$)/i;

/** Read ids from typed text, a pasted column or a CSV file: `id`, `id, note` or several ids on a line. */
export function parseRoster(text: string): RosterText {
  const rows = new Map<string, RosterRow>();
  const rejected: RosterLine[] = [];
  let found = 0;
  const take = (id: string, note = ""): void => {
    found += 1;
    if (!rows.has(id)) rows.set(id, { id, note });
  };
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  for (const [index, raw] of lines.entries()) {
    const value = raw.trim();
    if (value === "" || (index === 0 && HEADING.test(value))) continue;
    const words = value.split(/[\s,;]+/).filter(Boolean);
    const [first = "", note = ""] = value.match(CELL) ?? [];
    const id = unquoted(first);
    if (words.every((word) => ID.test(word))) for (const word of words) take(word);
    else if (ID.test(id)) take(id, unquoted(note));
    else rejected.push({ line: index + 1, value });
  }
  return { rows: [...rows.values()], repeated: found - rows.size, rejected };
}

function unquoted(cell: string): string {
  const text = cell.trim();
  return /^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"').trim() : text;
}

/** The rows as comma-separated values, as the server reads them. */
export function csvOf(rows: readonly RosterRow[]): string {
  return rows.map(({ id, note }) => (note === "" ? id : `${id},"${note.replaceAll('"', '""')}"`)).join("\n");
}
