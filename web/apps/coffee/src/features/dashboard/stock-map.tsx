import { Button, EmptyState, Table, type Column } from "@livefloor/ui";
import { useState } from "react";

import { LevelMark } from "../../model/level.tsx";
import type { Head, Stock } from "../../model/services.ts";
import { texts } from "../../texts/lead/index.ts";

const { stock: words } = texts.dashboard;

interface Row {
  readonly code: string;
  readonly name: string;
  readonly at: ReadonlyMap<number, Stock>;
}

/** Items by stations: what runs low where, or all of it. */
export function StockMap({ heads, stock }: { readonly heads: readonly Head[]; readonly stock: readonly Stock[] }) {
  const [isWhole, setWhole] = useState(false);
  const stations = [...heads].sort((one, other) => one.id - other.id);
  const shown = rowsOf(stock, stations).filter(({ at }) => isWhole || [...at.values()].some(({ enabled, status }) => enabled && status !== "ok"));
  const columns: readonly Column<Row>[] = [
    { key: "name", head: words.item, cell: ({ name }) => <b>{name}</b> },
    ...stations.map(({ id, name }): Column<Row> => ({ key: String(id), head: name, cell: ({ at }) => <Cell row={at.get(id)} /> })),
  ];
  return (
    <>
      {shown.length === 0 ? <EmptyState>{words.fine}</EmptyState> : <Table caption={words.title} columns={columns} rows={shown} rowKey={({ code }) => code} />}
      <Button look="quiet" className="mt-3" aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
        {isWhole ? words.few : words.all}
      </Button>
    </>
  );
}

function rowsOf(stock: readonly Stock[], stations: readonly Head[]): readonly Row[] {
  const known = new Set(stations.map(({ id }) => id));
  const rows = new Map<string, { name: string; at: Map<number, Stock> }>();
  for (const one of stock) {
    if (!known.has(one.station_id)) continue;
    const row = rows.get(one.code) ?? { name: one.name, at: new Map<number, Stock>() };
    rows.set(one.code, row);
    row.at.set(one.station_id, one);
  }
  return [...rows].map(([code, row]) => ({ code, ...row })).sort((one, other) => one.name.localeCompare(other.name));
}

function Cell({ row }: { readonly row: Stock | undefined }) {
  if (row?.enabled !== true) return <span className="text-muted">{words.notHere}</span>;
  return (
    <span className="inline-flex flex-wrap items-baseline justify-end gap-x-2 md:justify-start">
      <LevelMark level={row.status} word={words.levels[row.status]} />
      {row.cups_left !== null && <span className="text-sm text-muted">{words.left(row.cups_left)}</span>}
    </span>
  );
}
