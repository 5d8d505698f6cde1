import type { ReactNode } from "react";

import { cx } from "./cx.ts";

export interface Column<Row> {
  readonly key: string;
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "left" | "right";
}

export interface TableProps<Row> {
  /** What the table lists; read out, not shown. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
}

/** Rows and columns; on a phone each row is a card with its heads beside the values. The roles are said because the cards are no table to a browser. */
export function Table<Row>({ caption, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <table role="table" className="block w-full text-left text-sm md:table">
      <caption className="sr-only">{caption}</caption>
      <thead role="rowgroup" className="sr-only md:not-sr-only md:table-header-group">
        <tr role="row" className="border-b border-edge">
          {columns.map(({ key, head, align }) => (
            <th key={key} role="columnheader" scope="col" className={cx("px-3 py-2 font-semibold text-muted", align === "right" && "text-right")}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="flex flex-col gap-2 md:table-row-group">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row" className="block rounded-2xl border border-line bg-card px-2 py-1 md:table-row md:rounded-none md:border-0 md:border-b md:bg-transparent">
            {columns.map(({ key, head, cell, align }) => (
              <td key={key} role="cell" className={cx("flex items-baseline justify-between gap-3 px-2 py-1.5 empty:hidden md:table-cell md:px-3 md:py-2.5", align === "right" && "md:text-right")}>
                <span aria-hidden="true" className="shrink-0 font-semibold text-muted md:hidden">
                  {head}
                </span>
                <span className="min-w-0 wrap-anywhere">{cell(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
