import type { ItemView, MovementLine, StationPage } from "@livefloor/api/coffee";
import { whenText } from "@livefloor/base/times";
import { cx, Select, Table, useNow, type Column } from "@livefloor/ui";
import { useState } from "react";

import { Paged, usePages } from "../../model/loaded.tsx";
import { amountText } from "../../model/stock.ts";
import { texts } from "../../texts/stock/index.ts";
import { KINDS, listMovements, type MovementFilter } from "./api.ts";

const { movements: words } = texts;
const ALL: MovementFilter = { station: null, item: "", kind: "" };
export const MOVEMENTS = ["stock", "movements"];

interface MovementListProps {
  readonly stations: readonly StationPage[];
  readonly items: readonly ItemView[];
  readonly names: ReadonlyMap<string, string>;
}

/** What came and went, newest first. */
export function MovementList({ stations, items, names }: MovementListProps) {
  const now = useNow(60_000);
  const [filter, setFilter] = useState(ALL);
  const pages = usePages([...MOVEMENTS, filter], (cursor) => listMovements(filter, cursor));
  const itemOf = (line: MovementLine): ItemView | undefined => items.find(({ id }) => id === line.item_id);
  const amount = (line: MovementLine, quantity: number): string => amountText(quantity, itemOf(line)?.unit ?? "");
  const columns: readonly Column<MovementLine>[] = [
    { key: "when", head: words.when, cell: ({ at }) => whenText(at, now) },
    { key: "station", head: texts.station, cell: ({ station_id }) => stations.find(({ id }) => id === station_id)?.name ?? String(station_id) },
    { key: "item", head: texts.item, cell: (line) => <b>{itemOf(line)?.name ?? line.code}</b> },
    { key: "kind", head: words.kind, cell: (line) => [words.kinds[line.kind], ...(line.shortfall > 0 ? [words.short(amount(line, line.shortfall))] : [])].join(", ") },
    {
      key: "change",
      head: words.change,
      align: "right",
      cell: (line) => <span className={cx("font-semibold", line.delta > 0 ? "text-free" : "text-ink")}>{`${line.delta > 0 ? "+" : "−"}${amount(line, Math.abs(line.delta))}`}</span>,
    },
    { key: "after", head: words.after, align: "right", cell: (line) => amount(line, line.quantity_after) },
    { key: "who", head: words.who, cell: ({ actor_id }) => names.get(actor_id ?? "") ?? words.system },
  ];
  return (
    <>
      <div role="search" className="mb-4 grid gap-3 sm:grid-cols-3">
        <Select label={texts.station} value={filter.station ?? ""} onChange={(event) => setFilter({ ...filter, station: event.target.value === "" ? null : Number(event.target.value) })}>
          <option value="">{texts.all}</option>
          {stations.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Select label={texts.item} value={filter.item} onChange={(event) => setFilter({ ...filter, item: event.target.value })}>
          <option value="">{texts.all}</option>
          {items.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Select label={words.kind} value={filter.kind} onChange={(event) => setFilter({ ...filter, kind: KINDS.find((kind) => kind === event.target.value) ?? "" })}>
          <option value="">{texts.all}</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {words.kinds[kind]}
            </option>
          ))}
        </Select>
      </div>
      <Paged pages={pages} empty={words.none}>
        {(lines) => <Table caption={texts.views.movements} columns={columns} rows={lines} rowKey={({ id }) => id} />}
      </Paged>
    </>
  );
}
