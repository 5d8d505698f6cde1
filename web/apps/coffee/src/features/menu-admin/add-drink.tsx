import { Problem } from "@livefloor/api";
import type { DrinkView } from "@livefloor/api/coffee";
import { Button, Field, Refusal, Select, Sheet, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { addDrink } from "./api.ts";
import { codeFrom } from "./codes.ts";
import { newSize, sizeOf } from "./recipe.ts";

/** Another drink, off the menu until its recipe is right. */
export function AddDrink({ onClose, onMade }: { readonly onClose: () => void; readonly onMade: (drink: DrinkView) => void }) {
  const [name, setName] = useState("");
  const [category, setCategory] = useState<DrinkView["category"]>("coffee");
  const [milk, setMilk] = useState<DrinkView["needs_milk"]>("none");
  const [isTried, setTried] = useState(false);
  const { menu } = texts;
  const add = useAct(addDrink, (drink) => {
    toast(menu.added(drink.name), "good");
    onMade(drink);
  });
  const problem = add.error instanceof Problem ? add.error : null;
  const code = codeFrom(name);
  const atName = isTried && code === null ? menu.needsName : problem?.code === "code_taken" ? problem.message : problem?.fields.name;

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (code === null || add.isPending) return;
    add.mutate({ code, name: name.trim(), category, needs_milk: milk, enabled: false, variants: [sizeOf("regular", withMilk(milk))] });
  };

  return (
    <Sheet title={menu.addDrink} description={menu.addDrinkText} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={menu.fields.name} error={atName} maxLength={32} value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        <Select label={menu.fields.category} value={category} onChange={(event) => setCategory(event.target.value as DrinkView["category"])}>
          {Object.entries(menu.categories).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        <Select label={menu.fields.needs_milk} value={milk} onChange={(event) => setMilk(event.target.value as DrinkView["needs_milk"])}>
          {Object.entries(menu.milks).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        {atName == null && <Refusal error={problem} />}
        <Button type="submit" busy={add.isPending && menu.addingDrink}>
          {menu.addDrink}
        </Button>
      </form>
    </Sheet>
  );
}

function withMilk(milk: DrinkView["needs_milk"]) {
  const size = newSize("regular");
  return milk === "none" ? size : { ...size, recipe: [...size.recipe, { role: "milk" as const, code: null, quantity: "250" }] };
}
