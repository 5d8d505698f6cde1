import type { ReactNode } from "react";

interface FigureTableProps {
  /** What the figures are; read out, not shown. */
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly ReactNode[] }[];
}

/** A name and a few short figures in each row: narrow enough to stay a table on a phone. */
export function FigureTable({ caption, heads, rows }: FigureTableProps) {
  const [first, ...others] = heads;
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="border-b border-edge text-muted">
          <th scope="col" className="py-2 pr-2 text-left font-semibold">
            {first}
          </th>
          {others.map((head) => (
            <th key={head} scope="col" className="py-2 pl-2 text-right font-semibold">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, cells }) => (
          <tr key={name} className="border-b border-line">
            <th scope="row" className="py-2.5 pr-2 text-left font-semibold">
              {name}
            </th>
            {cells.map((cell, index) => (
              <td key={others[index]} className="py-2.5 pl-2 text-right">
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
