import type { ItemView } from "@livefloor/api/coffee";
import { timeText } from "@livefloor/base/times";
import { Button, Choices, EmptyState, Notice, toast, useNow } from "@livefloor/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";

import { isUnsent } from "../../model/deeds.ts";
import { itemsQuery, useMilks, useStock, useUser } from "../../model/hooks.ts";
import { useQueued } from "../../model/queue.ts";
import type { Stock } from "../../model/services.ts";
import { texts } from "../../texts/crew/index.ts";
import { forget, keepCopy, oldCounts } from "./counts.ts";
import { useAsked } from "./restock.ts";
import { StockLine } from "./stock-line.tsx";
import { upload } from "./upload.ts";

const { stock: words } = texts;
type Category = ItemView["category"];
const CATEGORIES = Object.keys(words.categories) as Category[];
const KEEP_MS = 5_000;

/** All that a station has, by kind; what is short first where only that is asked for. */
export function StockList({ station }: { readonly station: number }) {
  const [show, setShow] = useState<"all" | "short">("all");
  const user = useUser();
  const stock = useStock(station).filter(({ enabled }) => enabled);
  const milks = useMilks();
  const items = useQuery(itemsQuery).data ?? [];
  const asked = useAsked(station).data ?? [];
  const acts = useQueued();
  useCopy(station, stock);
  const isMine = user !== undefined && (user.role !== "barista" || user.station_id === station);
  const shown = show === "all" ? stock : stock.filter(({ status }) => status !== "ok");
  return (
    <>
      {!isMine && <Notice tone="held">{words.notYours}</Notice>}
      <OldCountsNotice station={station} stock={stock} />
      <div className="max-w-md">
        <Choices
          legend={words.show}
          layout="bar"
          value={show}
          onChange={setShow}
          choices={[
            { value: "all", label: words.all },
            { value: "short", label: `${words.short} (${stock.filter(({ status }) => status !== "ok").length})` },
          ]}
        />
      </div>
      {shown.length === 0 && <EmptyState>{stock.length === 0 ? words.none : words.noneShort}</EmptyState>}
      {CATEGORIES.map((category) => (
        <Shelf key={category} title={words.categories[category]} rows={shown.filter((row) => row.category === category)}>
          {(row) => (
            <StockLine
              key={row.code}
              row={row}
              pack={items.find(({ code }) => code === row.code)?.pack_size ?? 1}
              milk={row.milk === null ? undefined : milks.find(({ code }) => code === row.milk?.code)}
              asked={asked.find(({ code }) => code === row.code)}
              isMine={isMine}
              isUnsent={isUnsent(acts, station, row.code)}
            />
          )}
        </Shelf>
      ))}
    </>
  );
}

function Shelf({ title, rows, children }: { readonly title: string; readonly rows: readonly Stock[]; readonly children: (row: Stock) => ReactNode }) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="mb-2 text-lg font-bold">{title}</h2>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">{[...rows].sort((one, other) => one.name.localeCompare(other.name)).map(children)}</div>
    </section>
  );
}

/** Keep the copy of the stock up to date, now and then. */
function useCopy(station: number, stock: readonly Stock[]): void {
  const now = useNow(KEEP_MS);
  const keep = useEffectEvent(() => keepCopy(station, stock, now));
  useEffect(() => keep(), [station, now]);
}

/** What an older system has counted on this tablet is offered once (feature 37). */
function OldCountsNotice({ station, stock }: { readonly station: number; readonly stock: readonly Stock[] }) {
  const [counts, setCounts] = useState(() => oldCounts(station));
  const send = useMutation({
    mutationFn: () => (counts === null ? Promise.resolve(0) : upload(station, counts, stock)),
    onSuccess: (count) => {
      setCounts(null);
      toast(words.uploaded(count), "good");
    },
    onError: (error) => toast(error.message, "bad"),
  });
  if (counts === null) return null;
  return (
    <Notice>
      <p className="text-base">{counts.asOf === null ? words.countsUnknown : words.counts(timeText(counts.asOf))}</p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button busy={send.isPending && words.uploading} onClick={() => send.mutate()}>
          {words.upload}
        </Button>
        <Button
          look="quiet"
          onClick={() => {
            forget(station);
            setCounts(null);
          }}
        >
          {words.discard}
        </Button>
      </div>
    </Notice>
  );
}
