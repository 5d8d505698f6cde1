import type { StationPage } from "@livefloor/api/coffee";
import { Button, Choices, DownloadIcon, Field, Select, toast, useNow } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { texts } from "../../texts/lead/index.ts";
import { saveTable, type Asked, type Table } from "./api.ts";
import { spanOf, type SpanName } from "./spans.ts";

const { performance: words } = texts;
const SPANS = ["event", "day", "week", "own"] as const;
const TABLES = ["performance", "orders", "inventory", "shifts"] as const;

interface AskingProps {
  readonly asked: Asked;
  readonly zone: string;
  /** Where leads choose a station; others see their own figures of all. */
  readonly stations: readonly StationPage[] | null;
  readonly onAsk: (asked: Asked) => void;
}

/** Which time, and which station. */
export function Asking({ asked, zone, stations, onAsk }: AskingProps) {
  const now = useNow(60_000);
  const { span } = asked;
  return (
    <div className="flex flex-wrap items-end gap-4">
      <Choices
        legend={words.span}
        layout="bar"
        value={span.name}
        onChange={(name: SpanName) => onAsk({ ...asked, span: spanOf(name, now, zone) })}
        choices={SPANS.map((value) => ({ value, label: words.spans[value] }))}
      />
      {span.name === "own" && (
        <>
          <Day label={words.from} value={span.from} max={span.to} onDay={(from) => onAsk({ ...asked, span: { ...span, from } })} />
          <Day label={words.to} value={span.to} min={span.from} onDay={(to) => onAsk({ ...asked, span: { ...span, to } })} />
        </>
      )}
      {stations !== null && (
        <Select label={words.station} value={asked.station ?? ""} onChange={(event) => onAsk({ ...asked, station: event.target.value === "" ? null : Number(event.target.value) })}>
          <option value="">{words.everywhere}</option>
          {stations.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </div>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly onDay: (day: string) => void;
}

/** A day is taken over once it is whole. */
function Day({ label, value, min, max, onDay }: DayProps) {
  return <Field label={label} type="date" required value={value ?? ""} min={min} max={max} onChange={(event) => event.target.value !== "" && event.target.validity.valid && onDay(event.target.value)} />;
}

/** The tables behind the figures, as files. */
export function TakeHome({ asked }: { readonly asked: Asked }) {
  const [what, setWhat] = useState<Table>("performance");
  const save = useMutation({ mutationFn: saveTable, onError: (error) => toast(error.message, "bad") });
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Select label={words.what} value={what} onChange={(event) => setWhat(TABLES.find((one) => one === event.target.value) ?? "performance")}>
        {TABLES.map((table) => (
          <option key={table} value={table}>
            {words.csvs[table]}
          </option>
        ))}
      </Select>
      <Button look="soft" busy={save.isPending && words.loadingCsv} onClick={() => save.mutate({ what, asked })}>
        <DownloadIcon className="size-5" />
        {words.csv}
      </Button>
    </div>
  );
}
