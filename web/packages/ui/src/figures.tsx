import type { ReactNode } from "react";

import { cx } from "./cx.ts";

export interface Figure {
  readonly name: string;
  readonly value: ReactNode;
  readonly hint?: ReactNode;
  /** Somebody should look at it; the hint or the value says why. */
  readonly isAlarming?: boolean;
}

/** A few numbers to be read at a glance, each with its name. */
export function FigureCards({ figures, className = "grid-cols-2 lg:grid-cols-4" }: { readonly figures: readonly Figure[]; readonly className?: string }) {
  return (
    <dl className={cx("grid gap-3", className)}>
      {figures.map(({ name, value, hint, isAlarming = false }) => (
        <div key={name} className={cx("flex flex-col rounded-3xl border bg-card p-4 shadow-card", isAlarming ? "border-danger" : "border-line")}>
          <dt className="text-sm font-semibold text-muted">{name}</dt>
          <dd className={cx("text-2xl font-bold", isAlarming && "text-danger")}>{value}</dd>
          {hint !== undefined && hint !== "" && <dd className="text-sm text-muted">{hint}</dd>}
        </div>
      ))}
    </dl>
  );
}

export interface FigureTableProps {
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

/** A share as its words, and as the length of a bar for the eye. */
export function ShareBar({ share, text }: { readonly share: number | null; readonly text: string }) {
  return (
    <span className="inline-flex items-center justify-end gap-2">
      <span aria-hidden="true" className="h-2 w-16 overflow-hidden rounded-full bg-off-soft">
        <span className="block h-full rounded-full bg-brand" style={{ width: `${Math.round((share ?? 0) * 100)}%` }} />
      </span>
      <span className="min-w-11 text-right">{text}</span>
    </span>
  );
}
