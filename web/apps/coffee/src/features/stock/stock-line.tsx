import type { ItemView, RestockView } from "@livefloor/api/coffee";
import { timeText, whenText } from "@livefloor/base/times";
import { Button, Confirm, cx, IconButton, locale, MinusIcon, PlusIcon, toast, useNow } from "@livefloor/ui";
import { useState } from "react";

import { doDeed, useAct, useIsOffline } from "../../model/hooks.ts";
import { MilkMark, type Milk } from "../../model/milk-mark.tsx";
import { queue } from "../../model/queue.ts";
import type { Stock } from "../../model/services.ts";
import { texts } from "../../texts/crew/index.ts";
import { texts as common } from "../../texts/index.ts";
import { askFor, unask, type Wish } from "./restock.ts";
import { HoldButton } from "./hold-button.tsx";

const { stock: words } = texts;
const MINUTE_MS = 60_000;
/** What lasts longer than the day is no news. */
const DAY_MS = 24 * 60 * MINUTE_MS;
const NUMBERS = new Intl.NumberFormat(locale);

function amountOf(quantity: number, unit: Stock["unit"]): string {
  return `${NUMBERS.format(quantity)} ${words.units[unit as ItemView["unit"]]}`;
}

interface StockLineProps {
  readonly row: Stock;
  readonly pack: number;
  readonly milk: Milk | undefined;
  readonly asked: RestockView | undefined;
  readonly isMine: boolean;
  readonly isUnsent: boolean;
}

/** One item: how full, for how many cups, and what can be done about it with one tap. */
export function StockLine({ row, pack, milk, asked, isMine, isUnsent }: StockLineProps) {
  const { code, name, unit, station_id } = row;
  const [isAsking, setIsAsking] = useState(false);
  const now = useNow(MINUTE_MS);
  const less = Math.min(pack, row.quantity);
  const change = (delta: number): void => void doDeed("stock", { station_id, code, name, delta });
  const runOut = async (): Promise<void> => {
    setIsAsking(false);
    const key = await doDeed("run_out", { station_id, code, name });
    if (key !== null) toast(words.ranOut(name), "plain", { label: words.undo, onAct: () => void isBack(key, row, asked === undefined) });
  };
  return (
    <article aria-label={name} className={cx("flex overflow-hidden rounded-tile border-2 bg-card shadow-card", row.status === "ok" ? "border-line" : row.status === "low" ? "border-held" : "border-danger")}>
      {milk !== undefined && <MilkMark milk={milk} className="w-11 text-xl" />}
      <div className="flex min-w-0 flex-1 flex-col gap-2 px-3 py-3">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <h3 className="min-w-0 flex-1 text-lg leading-tight font-bold wrap-anywhere">{name}</h3>
          <State status={row.status} />
        </div>
        <Level row={row} />
        <p className="text-base text-muted">
          {words.level(NUMBERS.format(row.quantity), NUMBERS.format(row.capacity), words.units[unit as ItemView["unit"]])}
          {row.cups_left !== null && ` · ${words.cups(row.cups_left)}`}
          {row.runs_out_at !== null && Date.parse(row.runs_out_at) - now < DAY_MS && ` · ${words.until(whenText(row.runs_out_at, now))}`}
        </p>
        {isUnsent && <p className="text-base font-semibold text-held">◷ {words.queued}</p>}
        {isMine && (
          <div className="mt-auto flex flex-wrap items-center gap-2">
            <IconButton label={words.less(name, amountOf(less, unit))} disabled={row.quantity === 0} className="border border-edge disabled:opacity-40" onClick={() => change(-less)}>
              <MinusIcon />
            </IconButton>
            <IconButton label={words.more(name, amountOf(pack, unit))} className="border border-edge" onClick={() => change(pack)}>
              <PlusIcon />
            </IconButton>
            <HoldButton label={words.runOutOf(name)} hint={words.hold} disabled={row.status === "out" && row.quantity === 0} className="flex-1" onHeld={() => void runOut()} onTap={() => setIsAsking(true)}>
              {words.runOut}
            </HoldButton>
          </div>
        )}
        <Asking row={row} asked={asked} />
      </div>
      {isAsking && (
        <Confirm title={words.askTitle(name)} text={words.askText} closeLabel={common.close} onClose={() => setIsAsking(false)}>
          <Button look="danger" onClick={() => void runOut()}>
            {words.confirm}
          </Button>
          <Button look="quiet" onClick={() => setIsAsking(false)}>
            {words.keep}
          </Button>
        </Confirm>
      )}
    </article>
  );
}

/** Take a run-out back: out of the queue where it still waits, else by what there was before. */
async function isBack(key: string, { station_id, code, name, quantity }: Stock, wasNotAsked: boolean): Promise<void> {
  await queue.send().catch(() => undefined);
  if (queue.acts().some(({ id, state }) => id === key && state === "waiting")) return queue.drop(key);
  if (quantity > 0) await doDeed("stock", { station_id, code, name, delta: quantity });
  if (wasNotAsked) await unask(station_id, code).catch(() => undefined);
  toast(words.undone(name));
}

const STATES: Record<Stock["status"], string> = { ok: "text-free", low: "bg-held-soft text-held", critical: "bg-danger-soft text-danger", out: "bg-danger text-linen" };

function State({ status }: { readonly status: Stock["status"] }) {
  return <span className={cx("rounded-lg px-2 text-base font-bold", STATES[status])}>{words.states[status]}</span>;
}

const BARS: Record<Stock["status"], string> = { ok: "bg-free", low: "bg-held", critical: "bg-danger", out: "bg-danger" };

/** How full it is, with marks where it becomes low and critical. The words beside it say the same. */
function Level({ row }: { readonly row: Stock }) {
  const share = (quantity: number): string => `${Math.min(100, row.capacity === 0 ? 0 : (100 * quantity) / row.capacity)}%`;
  return (
    <span aria-hidden="true" className="relative block h-4 overflow-hidden rounded-full bg-off-soft">
      <span style={{ width: share(row.quantity) }} className={cx("absolute inset-y-0 left-0 rounded-full", BARS[row.status])} />
      <span style={{ left: share(row.low_threshold) }} className="absolute inset-y-0 w-0.5 bg-edge" />
      <span style={{ left: share(row.critical_threshold) }} className="absolute inset-y-0 w-0.5 bg-ink" />
    </span>
  );
}

function Asking({ row, asked }: { readonly row: Stock; readonly asked: RestockView | undefined }) {
  const isOffline = useIsOffline();
  const ask = useAct((wish: Wish, key) => askFor(wish, key), ({ name }) => toast(words.told(name), "good"));
  const wish = { station: row.station_id, code: row.code };
  const send = (urgency: Wish["urgency"]): void => ask.mutate({ ...wish, urgency }, { onError: (error) => toast(`${row.name}: ${error.message}`, "bad") });
  if (asked === undefined) {
    return (
      <Button look="soft" disabled={isOffline} title={isOffline ? texts.offline : undefined} aria-label={words.askFor(row.name)} busy={ask.isPending && words.asking} onClick={() => send(row.status === "ok" ? "normal" : "urgent")}>
        {words.ask}
      </Button>
    );
  }
  return (
    <div className="flex min-h-12 flex-wrap items-center justify-between gap-x-2">
      <p className="text-base font-semibold">
        {asked.status === "accepted" ? words.brought : words.asked(timeText(asked.created_at))}
        {asked.urgency === "urgent" && ` · ${words.urgent}`}
      </p>
      {asked.urgency !== "urgent" && (
        <Button look="quiet" disabled={isOffline} aria-label={words.hurryFor(row.name)} busy={ask.isPending && words.asking} onClick={() => send("urgent")}>
          {words.hurry}
        </Button>
      )}
    </div>
  );
}
