import type { DrinkView, OptionView } from "@livefloor/api/coffee";
import { Button, buttonClass, EmptyState, Table } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import type { Item } from "./api.ts";
import { amountOf } from "./recipe.ts";

/** All drinks, those off the menu too. */
export function DrinkTable({ drinks }: { readonly drinks: readonly DrinkView[] }) {
  const { menu } = texts;
  if (drinks.length === 0) return <EmptyState>{menu.none}</EmptyState>;
  return (
    <Table
      caption={menu.drinks}
      rows={drinks}
      rowKey={({ id }) => id}
      columns={[
        { key: "name", head: menu.head.name, cell: ({ name }) => <b>{name}</b> },
        { key: "category", head: menu.head.category, cell: ({ category }) => menu.categories[category] },
        {
          key: "sizes",
          head: menu.head.sizes,
          cell: ({ variants }) =>
            variants
              .filter(({ enabled }) => enabled)
              .map(({ size }) => common.sizes[size])
              .join(", ") || texts.nothing,
        },
        { key: "milk", head: menu.head.milk, cell: ({ needs_milk }) => menu.milks[needs_milk] },
        { key: "state", head: menu.head.state, cell: ({ enabled }) => (enabled ? menu.on : menu.off) },
        {
          key: "act",
          head: "",
          align: "right",
          cell: ({ code, name }) => (
            <Link to="/settings/menu/$code" params={{ code }} aria-label={texts.changeOf(name)} className={buttonClass("quiet")}>
              {texts.change}
            </Link>
          ),
        },
      ]}
    />
  );
}

interface OptionTableProps {
  readonly options: readonly OptionView[];
  readonly items: readonly Item[];
  readonly onChange: (option: OptionView) => void;
}

export function OptionTable({ options, items, onChange }: OptionTableProps) {
  const { menu } = texts;
  if (options.length === 0) return <EmptyState>{menu.option.none}</EmptyState>;
  return (
    <Table
      caption={menu.options}
      rows={options}
      rowKey={({ id }) => id}
      columns={[
        { key: "name", head: menu.head.name, cell: ({ name }) => <b>{name}</b> },
        { key: "kind", head: menu.head.most, cell: ({ kind, max }) => (kind === "flag" ? menu.option.kinds.flag : menu.option.upTo(max)) },
        { key: "takes", head: menu.head.takes, cell: (option) => takesOf(option, items) },
        { key: "state", head: menu.head.state, cell: ({ enabled }) => (enabled ? menu.on : menu.off) },
        {
          key: "act",
          head: "",
          align: "right",
          cell: (option) => (
            <Button look="quiet" aria-label={texts.changeOf(option.name)} onClick={() => onChange(option)}>
              {texts.change}
            </Button>
          ),
        },
      ]}
    />
  );
}

function takesOf({ item, quantity, effect }: OptionView, items: readonly Item[]): string {
  const name = items.find(({ code }) => code === item)?.name;
  if (effect !== "none") return [texts.menu.option.effects[effect], ...(name === undefined ? [] : [name])].join(": ");
  return name === undefined || item === null ? texts.nothing : amountOf(String(quantity), item, name, items);
}
