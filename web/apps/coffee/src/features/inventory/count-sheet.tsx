import { Button, Meanwhile, Refusal, Sheet, toast } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import type { Stock } from "../../model/services.ts";
import { amountText } from "../../model/stock.ts";
import { texts as common } from "../../texts/index.ts";
import { texts as saving } from "../../texts/saving/index.ts";
import { texts } from "../../texts/stock/index.ts";
import { AmountField, amountOf } from "./amount-field.tsx";
import { conflictsOf, saveLines } from "./api.ts";

const { count: words } = texts;

interface CountFormProps {
  readonly rows: readonly Stock[];
  readonly station: number;
  readonly onDone: () => void;
}

/** What was typed for an item, and which books were on the screen then. */
interface Counted {
  readonly text: string;
  readonly version: number;
}

/**
 * Count items of a station. Each count names the books that it was made from: where somebody else counted meanwhile, both
 * numbers are shown and the person decides.
 */
export function CountForm({ rows, station, onDone }: CountFormProps) {
  const [counted, setCounted] = useState<ReadonlyMap<string, Counted>>(new Map());
  const [isTried, setTried] = useState(false);
  const save = useAct(saveLines, (applied) => {
    toast(words.saved(applied), "good");
    onDone();
  });
  const wrong = new Set([...counted].filter(([, { text }]) => amountOf(text) === null).map(([code]) => code));
  const conflicts = conflictsOf(save.error);
  const open = (conflicts ?? []).filter(({ code, version }) => counted.has(code) && counted.get(code)?.version !== version);
  const set = (code: string, next: Counted | null): void => {
    const others = new Map(counted);
    if (next === null) others.delete(code);
    else others.set(code, next);
    setCounted(others);
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (wrong.size > 0 || counted.size === 0 || save.isPending || open.length > 0) return;
    save.mutate({ station, lines: [...counted].map(([code, { text, version }]) => ({ code, quantity: Number(text), version, reason: "count" as const })) });
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {open.length > 0 && (
        <Meanwhile
          title={saving.meanwhile.title(null)}
          taken={[]}
          words={{ ...saving.meanwhile, clash: words.conflict, mine: words.mine, theirs: words.theirs }}
          clashes={open.map(({ code, yours, current, version }) => ({
            field: code,
            label: current.name,
            mine: amountText(yours ?? 0, current.unit),
            theirs: amountText(current.quantity, current.unit),
            onMine: () => set(code, { text: counted.get(code)?.text ?? "", version }),
            onTheirs: () => set(code, null),
          }))}
        />
      )}
      {rows.map(({ code, name, unit, quantity, version }) => (
        <AmountField
          key={code}
          label={rows.length === 1 ? texts.change.counted : name}
          unit={unit}
          value={counted.get(code)?.text ?? String(quantity)}
          hint={words.books(amountText(quantity, unit))}
          error={isTried && wrong.has(code) ? texts.needsAmount : undefined}
          onChange={(text) => set(code, { text, version: counted.get(code)?.version ?? version })}
        />
      ))}
      {conflicts === null && <Refusal error={save.error} />}
      <div className="sticky -bottom-5 -mb-5 bg-raised pt-2 pb-5">
        <Button type="submit" className="w-full" disabled={counted.size === 0 || open.length > 0} busy={save.isPending && texts.saving}>
          {words.save(rows.length === 1 ? 0 : counted.size)}
        </Button>
      </div>
    </form>
  );
}

/** Count all that a station keeps. */
export function CountSheet({ rows, station, name, onClose }: Omit<CountFormProps, "onDone"> & { readonly name: string; readonly onClose: () => void }) {
  return (
    <Sheet title={words.title(name)} description={words.text} closeLabel={common.close} onClose={onClose}>
      <CountForm rows={rows.filter(({ enabled }) => enabled)} station={station} onDone={onClose} />
    </Sheet>
  );
}
