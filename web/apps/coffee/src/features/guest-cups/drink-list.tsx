import type { PublicDrink, PublicMenu } from "@livefloor/api/coffee";
import { cx } from "@livefloor/ui";

import { allergenText } from "../../model/guest-cup.ts";
import { texts } from "../../texts/guest/index.ts";

interface DrinkListProps {
  readonly menu: PublicMenu;
  readonly onPick: (drink: PublicDrink) => void;
}

/** The drinks; what no open station can make is grey. */
export function DrinkList({ menu, onPick }: DrinkListProps) {
  return (
    <section aria-labelledby="drinks">
      <h2 id="drinks" className="mb-2 text-lg font-bold">
        {texts.menu.drinks}
      </h2>
      <ul className="grid grid-cols-2 gap-2">
        {menu.drinks.map((drink) => (
          <li key={drink.code}>
            <button
              type="button"
              disabled={drink.out}
              onClick={() => onPick(drink)}
              className={cx(
                "flex h-full min-h-16 w-full flex-col justify-center rounded-2xl border-2 border-line px-3 py-2 text-left leading-tight",
                drink.out ? "cursor-not-allowed bg-off-soft text-muted" : "bg-card hover:border-edge",
              )}
            >
              <span className="text-base font-semibold">{drink.name}</span>
              {drink.out ? (
                <span className="text-sm">{texts.menu.outNow}</span>
              ) : (
                drink.allergens.length > 0 && <span className="text-sm text-muted">{texts.contains(allergenText(drink.allergens))}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
