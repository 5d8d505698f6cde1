import type { Operation } from "@livefloor/api/coffee";
import type { QueuedAct } from "@livefloor/offline";

import type { Stock } from "./services.ts";

/** More or less of an item, as it was brought or found. */
export interface StockChange {
  readonly at: string;
  readonly station_id: number;
  readonly code: string;
  readonly name: string;
  readonly delta: number;
}

export interface RunOut {
  readonly at: string;
  readonly station_id: number;
  readonly code: string;
  readonly name: string;
}

export interface ChatLine {
  readonly at: string;
  readonly room: string;
  readonly message: string;
  readonly urgent: boolean;
}

/** What a tablet does besides taking steps with cups, with or without a network (rule 73). */
export interface Deeds {
  readonly stock: StockChange;
  readonly run_out: RunOut;
  readonly chat: ChatLine;
}
export type DeedKind = keyof Deeds;

type Deed = { [Kind in DeedKind]: QueuedAct & { readonly kind: Kind; readonly input: Deeds[Kind] } }[DeedKind];

const KINDS: Record<DeedKind, true> = { stock: true, run_out: true, chat: true };

export function isDeed(act: QueuedAct): act is Deed {
  return act.kind in KINDS;
}

const isOpen = ({ state }: QueuedAct): boolean => state === "waiting" || state === "sending";

/** A waiting deed as the server takes it in a batch. */
export function deedOperation(act: Deed): Operation {
  const common = { key: act.id, method: "POST" as const, occurred_at: act.input.at };
  switch (act.kind) {
    case "stock": {
      const { station_id, code, delta } = act.input;
      return { ...common, path: `/api/inventory/station/${station_id}`, body: { inventory: [{ code, delta, reason: delta > 0 ? "restock" : "adjust" }] } };
    }
    case "run_out": {
      const { station_id, code } = act.input;
      return { ...common, path: "/api/inventory/run-out", body: { station_id, code, restock: true } };
    }
    case "chat": {
      const { room, message, urgent } = act.input;
      return { ...common, path: "/api/chat/messages", body: { room, message, urgent, client_id: act.id } };
    }
  }
}

/** How much there is after a deed that the server has not taken yet; what follows from it, the server tells. */
function changed(row: Stock, { kind, input }: Deed): Stock {
  if (kind === "chat") return row;
  const quantity = kind === "run_out" ? 0 : Math.max(0, row.quantity + input.delta);
  return { ...row, quantity, available: Math.max(0, quantity - row.reserved), status: kind === "run_out" ? "out" : row.status, cups_left: kind === "run_out" ? 0 : row.cups_left };
}

/** The stock as it is with what was tapped here and has not been answered. */
export function withDeeds(stock: readonly Stock[], acts: readonly QueuedAct[]): readonly Stock[] {
  const open = acts.filter((act) => isOpen(act) && isDeed(act)) as Deed[];
  if (open.length === 0) return stock;
  return stock.map((row) => open.filter(({ kind, input }) => kind !== "chat" && input.station_id === row.station_id && input.code === row.code).reduce(changed, row));
}

/** Waits for the server: changes of this item. */
export function isUnsent(acts: readonly QueuedAct[], station: number, code: string): boolean {
  return acts.some((act) => isOpen(act) && isDeed(act) && act.kind !== "chat" && act.input.station_id === station && act.input.code === code);
}

/** What was said in a room and has not reached the server. */
export function unsentIn(acts: readonly QueuedAct[], room: string): readonly (QueuedAct & { readonly input: ChatLine })[] {
  return acts.filter((act): act is QueuedAct & { readonly kind: "chat"; readonly input: ChatLine } => isDeed(act) && act.kind === "chat" && act.input.room === room);
}
