import type { StationPage } from "@livefloor/api/coffee";
import { Button, CloseIcon, IconButton, LoadingState, PlusIcon, Refusal, Select, Sheet, Skeleton, toast } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";

import { useAct, useStock } from "../../model/hooks.ts";
import { amountText } from "../../model/stock.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/stock/index.ts";
import { AmountField, amountOf } from "./amount-field.tsx";
import { freeOf, stockQuery, transfer } from "./api.ts";

const { transfer: words } = texts;

interface Picked {
  readonly key: number;
  readonly code: string;
  readonly text: string;
}

interface TransferSheetProps {
  readonly stations: readonly StationPage[];
  /** The station that is shown: stock comes to it. */
  readonly here: number;
  readonly onClose: () => void;
}

/** Move stock from one station to another; only what no cup is promised can go. */
export function TransferSheet({ stations, here, onClose }: TransferSheetProps) {
  const [from, setFrom] = useState(() => stations.find(({ id, kind }) => kind === "storage" && id !== here)?.id ?? stations.find(({ id }) => id !== here)?.id ?? here);
  const [to, setTo] = useState(here);
  const [picked, setPicked] = useState<readonly Picked[]>([{ key: 0, code: "", text: "" }]);
  const [isTried, setTried] = useState(false);
  const load = useQuery(stockQuery(from));
  const shelves = useStock(from).filter(({ enabled }) => enabled);
  const nameOf = (id: number): string => stations.find((one) => one.id === id)?.name ?? String(id);
  const move = useAct(transfer, () => {
    toast(words.moved(nameOf(from), nameOf(to)), "good");
    onClose();
  });
  const free = freeOf(move.error);
  const isWhole = picked.every(({ code, text }) => code !== "" && (amountOf(text) ?? 0) > 0);
  const set = (key: number, change: Partial<Picked>): void => {
    setPicked(picked.map((one) => (one.key === key ? { ...one, ...change } : one)));
    move.reset();
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (!isWhole || from === to || move.isPending) return;
    move.mutate({ from_station_id: from, to_station_id: to, items: picked.map(({ code, text }) => ({ code, quantity: Number(text) })) });
  };
  return (
    <Sheet title={words.title} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <StationSelect label={words.from} stations={stations} value={from} onChange={setFrom} />
        <StationSelect label={words.to} stations={stations} value={to} error={from === to ? words.same : undefined} onChange={setTo} />
        {load.data === undefined && shelves.length === 0 ? (
          <LoadingState label={common.loading}>
            <Skeleton className="h-32" />
          </LoadingState>
        ) : (
          picked.map(({ key, code, text }) => {
            const shelf = shelves.find((one) => one.code === code);
            const short = free.get(code);
            return (
              <fieldset key={key} className="flex flex-col gap-3 rounded-2xl border border-line p-3">
                <div className="flex items-end gap-2">
                  <Select label={texts.item} className="min-w-0 flex-1" error={isTried && code === "" ? words.pick : undefined} value={code} onChange={(event) => set(key, { code: event.target.value })}>
                    <option value="">{words.pick}</option>
                    {shelves
                      .filter((one) => one.code === code || !picked.some((other) => other.code === one.code))
                      .map((one) => (
                        <option key={one.code} value={one.code}>
                          {one.name}
                        </option>
                      ))}
                  </Select>
                  {picked.length > 1 && (
                    <IconButton label={words.remove(shelf?.name ?? texts.item)} onClick={() => setPicked(picked.filter((one) => one.key !== key))}>
                      <CloseIcon />
                    </IconButton>
                  )}
                </div>
                {shelf !== undefined && (
                  <AmountField
                    label={texts.change.amount}
                    unit={shelf.unit}
                    value={text}
                    hint={words.free(amountText(shelf.available, shelf.unit))}
                    error={short === undefined ? (isTried && (amountOf(text) ?? 0) === 0 ? texts.needsAmount : undefined) : words.short(amountText(short, shelf.unit))}
                    onChange={(next) => set(key, { text: next })}
                  />
                )}
              </fieldset>
            );
          })
        )}
        <Button look="quiet" onClick={() => setPicked([...picked, { key: Math.max(...picked.map(({ key }) => key)) + 1, code: "", text: "" }])}>
          <PlusIcon className="size-5" />
          {words.add}
        </Button>
        {free.size === 0 && <Refusal error={move.error} />}
        <Button type="submit" busy={move.isPending && words.moving}>
          {words.move}
        </Button>
      </form>
    </Sheet>
  );
}

interface StationSelectProps {
  readonly label: string;
  readonly stations: readonly StationPage[];
  readonly value: number;
  readonly error?: string | undefined;
  readonly onChange: (station: number) => void;
}

function StationSelect({ label, stations, value, error, onChange }: StationSelectProps) {
  return (
    <Select label={label} value={value} error={error} onChange={(event) => onChange(Number(event.target.value))}>
      {stations.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
