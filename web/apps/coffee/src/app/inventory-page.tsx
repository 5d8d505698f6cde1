import type { StationPage } from "@livefloor/api/coffee";
import { Button, cx } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { itemsAgain, itemsQuery, overviewAgain, overviewQuery, restockAgain, restockQuery, stockQuery } from "../features/inventory/api.ts";
import { BooksPanel } from "../features/inventory/books-panel.tsx";
import { AddItem, EditItem } from "../features/inventory/catalogue-sheets.tsx";
import { CountSheet } from "../features/inventory/count-sheet.tsx";
import { ItemSheet } from "../features/inventory/item-sheet.tsx";
import { ItemTable } from "../features/inventory/item-table.tsx";
import { MovementList, MOVEMENTS } from "../features/inventory/movement-list.tsx";
import { RestockList } from "../features/inventory/restock-list.tsx";
import { StationPicker } from "../features/inventory/station-picker.tsx";
import { StockBars } from "../features/inventory/stock-bars.tsx";
import { TransferSheet } from "../features/inventory/transfer-sheet.tsx";
import { stationsQuery, useFrames, useStock, useUser } from "../model/hooks.ts";
import { live } from "../model/live.ts";
import { Loaded } from "../model/loaded.tsx";
import { useNames } from "../model/people.ts";
import { queries } from "../model/services.ts";
import { useFreshStock } from "../model/stock.ts";
import { texts } from "../texts/stock/index.ts";

const VIEWS = ["stock", "movements", "items", "books"] as const;
const MOVING = ["inventory_updated", "inventory_depleted", "sync_completed"];

/** What there is of everything, everywhere. */
export function InventoryPage() {
  const { view = "stock" } = useSearch({ from: "/signed-in/inventory" });
  const role = useUser()?.role;
  const isLead = role === "admin" || role === "organizer";
  const stations = useQuery(stationsQuery).data ?? [];
  useRooms(stations);
  useFrames(["restock_requested", "restock_updated"], () => void restockAgain());
  useFrames(MOVING, () => {
    void overviewAgain();
    void queries.invalidateQueries({ queryKey: MOVEMENTS }, { cancelRefetch: false });
  });
  return (
    <>
      <h1 className="mb-3 text-2xl font-extrabold">{texts.title}</h1>
      <nav aria-label={texts.views.label} className="mb-5">
        <ul className="flex flex-wrap gap-2">
          {VIEWS.filter((one) => isLead || one === "stock" || one === "movements").map((one) => (
            <li key={one}>
              <Link
                to="/inventory"
                search={one === "stock" ? {} : { view: one }}
                aria-current={one === view ? "page" : undefined}
                className={cx("inline-flex min-h-12 items-center rounded-2xl px-4 font-semibold", one === view ? "bg-brand-soft text-brand-strong" : "text-muted hover:bg-off-soft")}
              >
                {texts.views[one]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {view === "stock" && <StockView stations={stations} isLead={isLead} />}
      {view === "movements" && <MovementsView stations={stations} />}
      {view === "items" && isLead && <ItemsView />}
      {view === "books" && isLead && <BooksView stations={stations} />}
    </>
  );
}

/** Organizers are told of all stations; the front of house joins their rooms. */
function useRooms(stations: readonly StationPage[]): void {
  const ids = stations.map(({ id }) => id).join(" ");
  const isTold = useUser()?.role !== "support";
  useEffect(() => {
    if (isTold || ids === "") return undefined;
    const joined = ids.split(" ").map(Number);
    for (const id of joined) void live.join(id);
    return () => joined.forEach((id) => live.leave(id));
  }, [ids, isTold]);
}

type Open = { readonly what: "count" | "transfer" } | { readonly what: "item"; readonly code: string } | null;

function StockView({ stations, isLead }: { readonly stations: readonly StationPage[]; readonly isLead: boolean }) {
  const { station: asked } = useSearch({ from: "/signed-in/inventory" });
  const shown = stations.find(({ id }) => id === asked) ?? stations[0];
  const overview = useQuery(overviewQuery);
  const restock = useQuery(restockQuery);
  const items = useQuery(itemsQuery).data ?? [];
  const names = useNames();
  const unitOf = (code: string): string => items.find((item) => item.code === code)?.unit ?? "";
  return (
    <div className="flex flex-col gap-8">
      <section aria-label={texts.restock.title}>
        <h2 className="mb-3 text-lg font-bold">{texts.restock.title}</h2>
        <Loaded query={restock}>{(requests) => <RestockList requests={requests} stations={stations} names={names} unitOf={unitOf} />}</Loaded>
      </section>
      <section aria-label={texts.stations.title}>
        <h2 className="mb-3 text-lg font-bold">{texts.stations.title}</h2>
        <Loaded query={overview}>{(found) => <StationPicker stations={found.stations} shown={shown?.id} />}</Loaded>
      </section>
      {shown !== undefined && <StationStock key={shown.id} station={shown} stations={stations} isLead={isLead} />}
    </div>
  );
}

interface StationStockProps {
  readonly station: StationPage;
  readonly stations: readonly StationPage[];
  readonly isLead: boolean;
}

function StationStock({ station, stations, isLead }: StationStockProps) {
  useFreshStock(station.id);
  const query = useQuery(stockQuery(station.id));
  const rows = useStock(station.id);
  const [open, setOpen] = useState<Open>(null);
  const shut = (): void => setOpen(null);
  const row = open?.what === "item" ? rows.find(({ code }) => code === open.code) : undefined;
  return (
    <section aria-label={texts.stock.of(station.name)}>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-lg font-bold">{texts.stock.of(station.name)}</h2>
        <div className="flex flex-wrap gap-2">
          <Button look="soft" onClick={() => setOpen({ what: "transfer" })}>
            {texts.stock.transfer}
          </Button>
          <Button look="quiet" disabled={query.data === undefined} onClick={() => setOpen({ what: "count" })}>
            {texts.stock.count}
          </Button>
        </div>
      </div>
      <Loaded query={query}>{() => <StockBars station={station.name} rows={rows} onOpen={({ code }) => setOpen({ what: "item", code })} />}</Loaded>
      {row !== undefined && <ItemSheet key={row.code} row={row} station={station.name} mayLimit={isLead} onClose={shut} />}
      {open?.what === "count" && <CountSheet rows={rows} station={station.id} name={station.name} onClose={shut} />}
      {open?.what === "transfer" && <TransferSheet stations={stations} here={station.id} onClose={shut} />}
    </section>
  );
}

function MovementsView({ stations }: { readonly stations: readonly StationPage[] }) {
  const items = useQuery(itemsQuery);
  const names = useNames();
  return <Loaded query={items}>{(found) => <MovementList stations={stations} items={found} names={names} />}</Loaded>;
}

function ItemsView() {
  const query = useQuery(itemsQuery);
  useFrames(["inventory_updated"], () => void itemsAgain());
  const [openId, setOpenId] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const open = query.data?.find(({ id }) => id === openId);
  return (
    <>
      <p className="mb-4">
        <Button onClick={() => setAdding(true)}>{texts.items.add}</Button>
      </p>
      <Loaded query={query}>{(items) => <ItemTable items={items} onOpen={({ id }) => setOpenId(id)} />}</Loaded>
      {open !== undefined && <EditItem key={open.id} item={open} onClose={() => setOpenId(null)} />}
      {isAdding && <AddItem onClose={() => setAdding(false)} />}
    </>
  );
}

function BooksView({ stations }: { readonly stations: readonly StationPage[] }) {
  const items = useQuery(itemsQuery);
  return <Loaded query={items}>{(found) => <BooksPanel stations={stations} items={found} />}</Loaded>;
}
