import { newKey, Problem } from "@livefloor/api";
import { useDraft } from "@livefloor/forms";
import { Button, Check, Choices, Refusal, Sheet, toast } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { SaveBar } from "../../model/save-bar.tsx";
import { store, type Stock } from "../../model/services.ts";
import { stockKey } from "../../model/frames.ts";
import { amountText, loadStock } from "../../model/stock.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/stock/index.ts";
import { AmountField, amountOf } from "./amount-field.tsx";
import { askFor, saveLines } from "./api.ts";
import { CountForm } from "./count-sheet.tsx";

const { change: words } = texts;

type Part = "count" | "add" | "limits" | "ask";
type Way = "restock" | "waste" | "adjust";

interface ItemSheetProps {
  readonly row: Stock;
  readonly station: string;
  /** Limits are the leads' to set. */
  readonly mayLimit: boolean;
  readonly onClose: () => void;
}

/** One item at one station: count it, book what came or went, set its limits, ask for more. */
export function ItemSheet({ row, station, mayLimit, onClose }: ItemSheetProps) {
  const [part, setPart] = useState<Part>("count");
  const parts: readonly Part[] = ["count", "add", ...(mayLimit ? (["limits"] as const) : []), "ask"];
  return (
    <Sheet title={words.title(row.name, station)} description={words.countHint(amountText(row.quantity, row.unit))} closeLabel={common.close} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <div className="[&_legend]:sr-only">
          <Choices legend={words.parts.label} layout="bar" value={part} onChange={setPart} choices={parts.map((value) => ({ value, label: words.parts[value] }))} />
        </div>
        {part === "count" && <CountForm rows={[row]} station={row.station_id} onDone={onClose} />}
        {part === "add" && <AddForm row={row} onDone={onClose} />}
        {part === "limits" && <LimitsForm row={row} onDone={onClose} />}
        {part === "ask" && <AskForm row={row} onDone={onClose} />}
      </div>
    </Sheet>
  );
}

interface FormProps {
  readonly row: Stock;
  readonly onDone: () => void;
}

function AddForm({ row, onDone }: FormProps) {
  const [way, setWay] = useState<Way>("restock");
  const [isLess, setLess] = useState(false);
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const save = useAct(saveLines, () => {
    toast(texts.saved, "good");
    onDone();
  });
  const amount = amountOf(text);
  const isWrong = amount === null || amount === 0;
  const isTooFew = save.error instanceof Problem && save.error.code === "below_zero";
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (isWrong || save.isPending) return;
    const isOut = way === "waste" || (way === "adjust" && isLess);
    save.mutate({ station: row.station_id, lines: [{ code: row.code, delta: isOut ? -amount : amount, reason: way }] });
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <Choices legend={words.way} layout="bar" value={way} onChange={setWay} choices={(["restock", "waste", "adjust"] as const).map((value) => ({ value, label: words.ways[value] }))} />
      {way === "adjust" && (
        <Choices
          legend={words.sign}
          layout="bar"
          value={isLess ? "less" : "more"}
          onChange={(sign) => setLess(sign === "less")}
          choices={(["more", "less"] as const).map((value) => ({ value, label: words.signs[value] }))}
        />
      )}
      <AmountField
        label={words.amount}
        unit={row.unit}
        value={text}
        error={isTried && isWrong ? texts.needsAmount : isTooFew ? words.tooFew : undefined}
        onChange={(next) => {
          setText(next);
          save.reset();
        }}
      />
      {!isTooFew && <Refusal error={save.error} />}
      <Button type="submit" busy={save.isPending && texts.saving}>
        {texts.save}
      </Button>
    </form>
  );
}

interface Limits {
  readonly low_threshold: string;
  readonly critical_threshold: string;
  readonly capacity: string;
  readonly enabled: boolean;
  readonly version: number;
}

const limitsOf = (row: Stock): Limits => ({
  low_threshold: String(row.low_threshold),
  critical_threshold: String(row.critical_threshold),
  capacity: String(row.capacity),
  enabled: row.enabled,
  version: row.version,
});

const LABELS: Record<keyof Limits, string> = { low_threshold: words.low, critical_threshold: words.critical, capacity: words.capacity, enabled: words.enabled, version: "" };

function LimitsForm({ row, onDone }: FormProps) {
  const stored = (): Stock => store.get("inventory", stockKey(row.station_id, row.code)) ?? row;
  const [isTried, setTried] = useState(false);
  const draft = useDraft<Limits>({
    stored: limitsOf(row),
    save: async ({ enabled, ...amounts }, { version }) => {
      const numbers = Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, Number(text)]));
      await saveLines({ station: row.station_id, lines: [{ code: row.code, ...numbers, ...(enabled === undefined ? {} : { enabled }), version }] }, newKey());
      return limitsOf(stored());
    },
    reload: async () => {
      await loadStock(row.station_id);
      return limitsOf(stored());
    },
    isStale: (error) => error instanceof Problem && error.isStale,
    fieldErrors: () => ({}),
    onSaved: () => {
      toast(texts.saved, "good");
      onDone();
    },
  });
  const { low_threshold: low, critical_threshold: critical } = draft.value;
  const amounts = ["low_threshold", "critical_threshold", "capacity"] as const;
  const wrong: Partial<Record<keyof Limits, string>> = {
    ...(Number(critical) > Number(low) ? { critical_threshold: words.criticalAbove } : {}),
    ...Object.fromEntries(amounts.filter((name) => amountOf(draft.value[name]) === null).map((name) => [name, texts.needsAmount])),
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0) void draft.save();
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {amounts.map((name) => (
        <AmountField key={name} label={LABELS[name]} unit={row.unit} value={draft.value[name]} error={isTried ? wrong[name] : undefined} onChange={(text) => draft.set(name, text)} />
      ))}
      <Check label={words.enabled} checked={draft.value.enabled} onChange={(event) => draft.set("enabled", event.target.checked)} />
      <SaveBar
        draft={draft}
        isWrong={isTried && Object.keys(wrong).length > 0}
        labelOf={(field) => LABELS[field]}
        said={(_, value) => (typeof value === "boolean" ? (value ? texts.books.yes : texts.books.no) : String(value))}
      />
    </form>
  );
}

function AskForm({ row, onDone }: FormProps) {
  const [urgency, setUrgency] = useState<"normal" | "urgent">("normal");
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const ask = useAct(askFor, () => {
    toast(words.asked(row.name), "good");
    onDone();
  });
  const amount = text.trim() === "" ? undefined : amountOf(text);
  const isWrong = amount === null || amount === 0;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (!isWrong && !ask.isPending) ask.mutate({ station_id: row.station_id, code: row.code, urgency, ...(amount === undefined ? {} : { quantity: amount }) });
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <Choices legend={words.urgency} layout="bar" value={urgency} onChange={setUrgency} choices={(["normal", "urgent"] as const).map((value) => ({ value, label: words.urgencies[value] }))} />
      <AmountField label={words.quantity} unit={row.unit} value={text} error={isTried && isWrong ? texts.needsAmount : undefined} onChange={setText} />
      <Refusal error={ask.error} />
      <Button type="submit" busy={ask.isPending && words.asking}>
        {words.ask}
      </Button>
    </form>
  );
}
