import { Button, EmptyState, PlusIcon } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { OfferSwitches } from "../features/availability/offer-switches.tsx";
import { AddDrink } from "../features/menu-admin/add-drink.tsx";
import { itemsQuery } from "../features/menu-admin/api.ts";
import { DrinkForm } from "../features/menu-admin/drink-form.tsx";
import { DrinkTable, OptionTable } from "../features/menu-admin/menu-lists.tsx";
import { OptionSheet } from "../features/menu-admin/option-sheet.tsx";
import { menuQuery } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { texts } from "../texts/settings/index.ts";
import { SettingsFrame } from "./settings-frame.tsx";

export function MenuSettingsPage() {
  const query = useQuery(menuQuery);
  const items = useQuery(itemsQuery).data ?? [];
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  /** The code of the option whose sheet is open; "" for a new one. */
  const [option, setOption] = useState<string | null>(null);
  const { menu } = texts;
  return (
    <SettingsFrame title={menu.title} intro={menu.intro}>
      <Loaded query={query}>
        {({ items: drinks, options }) => (
          <div className="flex flex-col gap-8">
            <section className="flex flex-col gap-4">
              <div className="flex flex-wrap items-center justify-between gap-2">
                <h2 className="text-lg font-bold">{menu.drinks}</h2>
                <Button onClick={() => setAdding(true)}>
                  <PlusIcon className="size-5" />
                  {menu.addDrink}
                </Button>
              </div>
              <DrinkTable drinks={drinks} />
            </section>
            <section className="flex flex-col gap-4">
              <div className="flex flex-wrap items-center justify-between gap-2">
                <h2 className="text-lg font-bold">{menu.options}</h2>
                <Button look="soft" onClick={() => setOption("")}>
                  <PlusIcon className="size-5" />
                  {menu.option.add}
                </Button>
              </div>
              <OptionTable options={options} items={items} onChange={({ code }) => setOption(code)} />
            </section>
            {option !== null && (
              <OptionSheet key={option} option={options.find(({ code }) => code === option) ?? null} items={items} taken={options.map(({ code }) => code)} onClose={() => setOption(null)}>
                {({ code, name }) => <OfferSwitches target={{ option: code }} name={name} />}
              </OptionSheet>
            )}
          </div>
        )}
      </Loaded>
      {isAdding && <AddDrink onClose={() => setAdding(false)} onMade={({ code }) => void navigate({ to: "/settings/menu/$code", params: { code } })} />}
    </SettingsFrame>
  );
}

export function DrinkSettingsPage() {
  const code = useParams({ strict: false }).code;
  const query = useQuery(menuQuery);
  const items = useQuery(itemsQuery);
  const drink = query.data?.items.find((one) => one.code === code);
  return (
    <SettingsFrame title={drink?.name ?? texts.menu.title} up={{ to: "/settings/menu", text: texts.menu.title }}>
      <Loaded query={query}>
        {() =>
          drink === undefined ? (
            <EmptyState>{texts.menu.gone}</EmptyState>
          ) : (
            <div className="flex flex-col gap-6">
              <OfferSwitches target={{ menu_item: drink.code }} name={drink.name} />
              <Loaded query={items}>{(known) => <DrinkForm key={drink.id} drink={drink} items={known} />}</Loaded>
            </div>
          )
        }
      </Loaded>
    </SettingsFrame>
  );
}
