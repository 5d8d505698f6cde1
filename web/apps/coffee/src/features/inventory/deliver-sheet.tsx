import { body } from "@livefloor/api";
import type { RestockView, StationPage } from "@livefloor/api/coffee";
import { Button, LoadingState, Refusal, Select, Sheet, Skeleton, toast } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { api, type Stock } from "../../model/services.ts";
import { amountText } from "../../model/stock.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/stock/index.ts";
import { AmountField, amountOf } from "./amount-field.tsx";
import { deliver, freeOf } from "./api.ts";
import { suggestion } from "./suggest.ts";

const { restock: words } = texts;

interface DeliverSheetProps {
  readonly request: RestockView;
  readonly station: string;
  readonly stations: readonly StationPage[];
  readonly onClose: () => void;
}

/** The item at every station: how much is missing here, and who has it. */
async function shelvesOf(code: string, stations: readonly StationPage[]): Promise<readonly Stock[]> {
  const found = await Promise.all(stations.map(({ id }) => body(api.http.GET("/api/inventory/station/{station_id}", { params: { path: { station_id: id } } }))));
  return found.flatMap(({ station_id, inventory }) => inventory.filter((row) => row.code === code).map((row) => ({ ...row, station_id })));
}

/** How much came, and from where: filled in as it most likely is. */
export function DeliverSheet(props: DeliverSheetProps) {
  const { request, station, stations, onClose } = props;
  const shelves = useQuery({ queryKey: ["deliver", request.id], queryFn: () => shelvesOf(request.code, stations), gcTime: 0 });
  const here = shelves.data?.find(({ station_id }) => station_id === request.station_id);
  return (
    <Sheet
      title={words.deliverTitle(request.name, station)}
      {...(here === undefined ? {} : { description: words.deliverText(amountText(here.quantity, here.unit)) })}
      closeLabel={common.close}
      onClose={onClose}
    >
      <Refusal error={shelves.error} />
      {shelves.data === undefined || here === undefined ? (
        <LoadingState label={common.loading}>
          <Skeleton className="h-40" />
        </LoadingState>
      ) : (
        <DeliverForm {...props} here={here} others={shelves.data.filter(({ station_id }) => station_id !== request.station_id)} />
      )}
    </Sheet>
  );
}

function DeliverForm({ request, station, stations, here, others, onClose }: DeliverSheetProps & { readonly here: Stock; readonly others: readonly Stock[] }) {
  const [first] = useState(() => suggestion(request.quantity, here, others, stations));
  const [text, setText] = useState(String(first.quantity));
  const [from, setFrom] = useState(first.from);
  const [isTried, setTried] = useState(false);
  const act = useAct(deliver, () => {
    toast(words.delivered(request.name, station), "good");
    onClose();
  });
  const quantity = amountOf(text);
  const isWrong = quantity === null || quantity === 0;
  const free = freeOf(act.error).get(request.code);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (!isWrong && !act.isPending) act.mutate({ request, quantity, from });
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <AmountField
        label={words.quantity}
        unit={here.unit}
        value={text}
        error={isTried && isWrong ? texts.needsAmount : free === undefined ? undefined : texts.transfer.short(amountText(free, here.unit))}
        onChange={(next) => {
          setText(next);
          act.reset();
        }}
      />
      <Select label={words.from} value={from ?? ""} onChange={(event) => setFrom(event.target.value === "" ? null : Number(event.target.value))}>
        <option value="">{words.fresh}</option>
        {others.map(({ station_id, available, unit }) => (
          <option key={station_id} value={station_id}>
            {words.has(stations.find(({ id }) => id === station_id)?.name ?? String(station_id), amountText(available, unit))}
          </option>
        ))}
      </Select>
      {free === undefined && <Refusal error={act.error} />}
      <Button type="submit" busy={act.isPending && words.delivering}>
        {words.deliver}
      </Button>
    </form>
  );
}
