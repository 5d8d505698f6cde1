import type { ItemView } from "@livefloor/api/coffee";
import { Button, EmptyState, Table, type Column } from "@livefloor/ui";

import { amountText } from "../../model/stock.ts";
import { texts } from "../../texts/stock/index.ts";

const { items: words } = texts;

/** All there is to keep, by kind. */
export function ItemTable({ items, onOpen }: { readonly items: readonly ItemView[]; readonly onOpen: (item: ItemView) => void }) {
  if (items.length === 0) return <EmptyState>{words.none}</EmptyState>;
  const columns: readonly Column<ItemView>[] = [
    {
      key: "name",
      head: words.head.name,
      cell: ({ name, code }) => (
        <>
          <b className="block">{name}</b>
          <code className="text-muted">{code}</code>
        </>
      ),
    },
    { key: "category", head: words.head.category, cell: ({ category }) => words.categories[category] },
    { key: "pack", head: words.head.pack, align: "right", cell: ({ pack_size, unit }) => amountText(pack_size, unit) },
    {
      key: "limits",
      head: words.head.limits,
      align: "right",
      cell: ({ default_low, default_critical, default_capacity, unit }) => [default_low, default_critical, default_capacity].map((amount) => amountText(amount, unit)).join(" / "),
    },
    { key: "blocks", head: words.head.blocks, cell: ({ blocks }) => (blocks ? words.yes : words.no) },
    {
      key: "acts",
      head: words.head.acts,
      align: "right",
      cell: (item) => (
        <Button look="quiet" aria-label={words.changeOf(item.name)} onClick={() => onOpen(item)}>
          {texts.stock.change}
        </Button>
      ),
    },
  ];
  return <Table caption={texts.views.items} columns={columns} rows={items} rowKey={({ id }) => id} />;
}
