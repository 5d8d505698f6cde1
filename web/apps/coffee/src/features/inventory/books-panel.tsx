import type { ItemView, StationPage, StationSync } from "@livefloor/api/coffee";
import { Button, Check, Notice, Refusal, Select } from "@livefloor/ui";
import { useState } from "react";

import { useAct } from "../../model/hooks.ts";
import { amountText } from "../../model/stock.ts";
import { texts } from "../../texts/stock/index.ts";
import { isEmpty, sync, type Field } from "./api.ts";

const { books: words } = texts;
const FIELDS: readonly Field[] = ["thresholds", "capacity", "enabled"];

interface BooksPanelProps {
  readonly stations: readonly StationPage[];
  readonly items: readonly ItemView[];
}

/** All stations brought in line (rule 35): what would change is shown before it is done. */
export function BooksPanel({ stations, items }: BooksPanelProps) {
  const [source, setSource] = useState<number | null>(null);
  const [fields, setFields] = useState<readonly Field[]>(FIELDS);
  const look = useAct(sync);
  const apply = useAct(sync, () => look.reset());
  const asked = { source_station_id: source, fields: [...fields] };
  const differing = look.data?.filter((one) => !isEmpty(one));
  const forget = (): void => {
    look.reset();
    apply.reset();
  };
  const error = look.error ?? apply.error;
  return (
    <div className="flex max-w-2xl flex-col gap-4">
      <p className="text-muted">{words.text}</p>
      <Select
        label={words.source}
        value={source ?? ""}
        onChange={(event) => {
          setSource(event.target.value === "" ? null : Number(event.target.value));
          forget();
        }}
      >
        <option value="">{words.catalogue}</option>
        {stations.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-semibold">{words.fields}</legend>
        {FIELDS.map((field) => (
          <Check
            key={field}
            label={words.names[field]}
            checked={fields.includes(field)}
            onChange={(event) => {
              setFields(FIELDS.filter((one) => (one === field ? event.target.checked : fields.includes(one))));
              forget();
            }}
          />
        ))}
      </fieldset>
      <Refusal error={error} />
      {apply.data !== undefined && (
        <Notice tone="free" role="status">
          {words.done}
        </Notice>
      )}
      {differing?.length === 0 && (
        <Notice tone="free" role="status">
          {words.fine}
        </Notice>
      )}
      <Button look={differing !== undefined && differing.length > 0 ? "quiet" : "primary"} className="self-start" busy={look.isPending && words.looking} onClick={() => look.mutate({ ...asked, dry_run: true })}>
        {words.look}
      </Button>
      {differing !== undefined && differing.length > 0 && (
        <section aria-label={words.preview} className="flex flex-col gap-3">
          <h2 className="text-lg font-bold">{words.preview}</h2>
          {differing.map((one) => (
            <StationNews key={one.station_id} news={one} name={stations.find(({ id }) => id === one.station_id)?.name ?? String(one.station_id)} items={items} />
          ))}
          <Button className="self-start" busy={apply.isPending && words.applying} onClick={() => apply.mutate({ ...asked, dry_run: false })}>
            {words.apply}
          </Button>
        </section>
      )}
    </div>
  );
}

function StationNews({ news, name, items }: { readonly news: StationSync; readonly name: string; readonly items: readonly ItemView[] }) {
  const item = (code: string): ItemView | undefined => items.find((one) => one.code === code);
  const nameOf = (code: string): string => item(code)?.name ?? code;
  const amount = (code: string, value: unknown): string => (typeof value === "boolean" ? (value ? words.yes : words.no) : amountText(Number(value), item(code)?.unit ?? ""));
  const lines = [
    ...(news.added.length > 0 ? [words.added(news.added.map(nameOf).join(", "))] : []),
    ...news.changed.map(({ code, field, from, to }) => words.changed(nameOf(code), (words.columns as Partial<Record<string, string>>)[field] ?? field, amount(code, from), amount(code, to))),
    ...news.reserved_fixed.map(({ code, from, to }) => words.reserved(nameOf(code), amount(code, from), amount(code, to))),
    ...news.ledger_difference.map(({ code, quantity, ledger }) => words.ledger(nameOf(code), amount(code, quantity), amount(code, ledger))),
  ];
  return (
    <article className="rounded-tile border border-line bg-card p-4">
      <h3 className="mb-1 font-bold">{name}</h3>
      <ul className="list-disc pl-5">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </article>
  );
}
