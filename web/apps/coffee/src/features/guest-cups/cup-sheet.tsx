import type { GuestCup, PublicMenu, PublicMilk } from "@livefloor/api/coffee";
import { Button, CheckChip, ChoiceGrid, Field, Notice, Sheet, Stepper } from "@livefloor/ui";
import { useState, type ReactNode } from "react";

import { allergenText, cupOf, gapOf, sizesOf, type CupDraft } from "../../model/guest-cup.ts";
import { madeAt, type Allergen, type Size } from "../../model/guest.ts";
import { MilkMark } from "../../model/milk-mark.tsx";
import { texts } from "../../texts/guest/index.ts";

const ALLERGENS = Object.keys(texts.allergens) as Allergen[];

interface CupSheetProps {
  readonly menu: PublicMenu;
  readonly start: CupDraft;
  readonly doneLabel: string;
  readonly onDone: (cup: GuestCup) => void;
  readonly onClose: () => void;
}

/** Size, milk, extras and allergies of one cup; what cannot be had is grey and says why. */
export function CupSheet({ menu, start, doneLabel, onDone, onClose }: CupSheetProps) {
  const [draft, setDraft] = useState(start);
  const [isTried, setTried] = useState(false);
  const { drink, size, milk, options, allergies, notes } = draft;
  const set = (changes: Partial<CupDraft>): void => setDraft({ ...draft, ...changes });
  const gap = gapOf(draft);
  const clash = drink.allergens.filter((code) => allergies.includes(code as Allergen));
  const submit = (): void => {
    setTried(true);
    const cup = cupOf(draft);
    if (cup !== null && clash.length === 0) onDone(cup);
  };
  return (
    <Sheet title={drink.name} description={[drink.description, drink.allergens.length > 0 && texts.contains(allergenText(drink.allergens))].filter(Boolean).join(" · ") || undefined} closeLabel={texts.close} onClose={onClose}>
      <div className="flex flex-col gap-5 pt-1">
        <ChoiceGrid
          legend={texts.cup.size}
          className="grid-cols-3"
          value={size}
          tiles={sizesOf(drink).map((one) => ({ key: one, label: texts.sizes[one], out: madeAt(drink, one, undefined).length === 0 ? texts.menu.out : undefined }))}
          onPick={(key) => set({ size: key as Size })}
        />
        {drink.needs_milk !== "none" && (
          <ChoiceGrid
            legend={texts.cup.milk}
            className="grid-cols-2"
            value={milk === null ? "" : (milk ?? null)}
            tiles={[
              ...(drink.needs_milk === "optional" ? [{ key: "", label: texts.cup.noMilk }] : []),
              ...menu.milks.filter(({ code }) => drink.offers.some((offer) => offer.milk === code)).map((one) => milkTile(one, draft, menu)),
            ]}
            onPick={(code) => set({ milk: code === "" ? null : code })}
          />
        )}
        <More label={texts.cup.allergies} isOpen={allergies.length > 0}>
          <div className="flex flex-wrap gap-2">
            {ALLERGENS.map((code) => (
              <CheckChip
                key={code}
                label={texts.allergens[code]}
                tone="danger"
                checked={allergies.includes(code)}
                onChange={(isOn) => {
                  const next = isOn ? [...allergies, code] : allergies.filter((other) => other !== code);
                  const inside = menu.milks.find((one) => one.code === milk)?.allergens ?? [];
                  const isBad = inside.some((one) => next.includes(one as Allergen));
                  set({ allergies: next, ...(isBad ? { milk: undefined } : {}) });
                }}
              />
            ))}
          </div>
        </More>
        <More label={texts.cup.options} isOpen={Object.keys(options).length > 0}>
          <div className="flex flex-col gap-2">
            {menu.options.map(({ code, name, kind, max, stations }) =>
              kind === "flag" ? (
                <CheckChip key={code} label={name} {...shownAt(stations, menu)} checked={(options[code] ?? 0) > 0} onChange={(isOn) => set({ options: { ...options, [code]: isOn ? 1 : 0 } })} />
              ) : (
                <Stepper
                  key={code}
                  label={name}
                  {...shownAt(stations, menu)}
                  value={options[code] ?? 0}
                  max={max}
                  lessLabel={texts.cup.less(name)}
                  moreLabel={texts.cup.more(name)}
                  onChange={(count) => set({ options: { ...options, [code]: count } })}
                />
              ),
            )}
            <Field label={texts.cup.notes} hint={texts.cup.notesHint} maxLength={120} value={notes} onChange={(event) => set({ notes: event.target.value })} />
          </div>
        </More>
        <div className="sticky -bottom-5 -mx-5 flex flex-col gap-2 bg-raised px-5 pt-2 pb-5">
          {clash.length > 0 && (
            <Notice tone="danger" role="alert">
              {`${drink.name}: ${texts.cup.conflict(allergenText(clash))}`}
            </Notice>
          )}
          {isTried && gap !== null && (
            <Notice tone="danger" role="alert">
              {gap === "size" ? texts.cup.needsSize : texts.cup.needsMilk}
            </Notice>
          )}
          <Button className="text-lg" onClick={submit}>
            {doneLabel}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}

/** A milk with what is in it, why it cannot be had, or where alone it can. */
function milkTile(milk: PublicMilk, { drink, size, allergies }: CupDraft, menu: PublicMenu) {
  const at = madeAt(drink, size, milk.code);
  const clash = milk.allergens.filter((code) => allergies.includes(code as Allergen));
  const note = [milk.allergens.length > 0 && texts.contains(allergenText(milk.allergens)), shownAt(at, menu).note];
  return {
    key: milk.code,
    label: milk.name,
    icon: <MilkMark milk={milk} className="min-h-14 w-10 self-stretch text-lg" />,
    note: note.filter(Boolean).join(" · ") || undefined,
    out: at.length === 0 ? texts.menu.out : clash.length > 0 ? texts.cup.conflict(allergenText(clash)) : undefined,
  };
}

/** Where alone something can be had, or that nobody has it; nothing of what all have. */
function shownAt(at: readonly number[], menu: PublicMenu): { readonly note?: string; readonly out?: string } {
  const names = menu.stations.filter(({ id }) => at.includes(id)).map(({ name }) => name);
  if (names.length === menu.stations.length) return {};
  return names.length === 0 ? { out: texts.menu.out } : { note: texts.cup.onlyAt(names.join(", ")) };
}

/** What most guests do not need, behind its name. */
function More({ label, isOpen, children }: { readonly label: string; readonly isOpen: boolean; readonly children: ReactNode }) {
  const [isOpenAtFirst] = useState(isOpen);
  return (
    <details open={isOpenAtFirst} className="rounded-2xl border border-line px-3 open:pb-3">
      <summary className="flex min-h-12 cursor-pointer items-center gap-2 font-bold before:content-['+'] in-open:before:content-['–']">{label}</summary>
      {children}
    </details>
  );
}
