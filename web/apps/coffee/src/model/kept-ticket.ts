import type { TicketPage } from "@livefloor/api/coffee";
import { base, mount, registerWorker } from "@livefloor/base";

const KEY = `livefloor-coffee ticket ${mount}`;
const KEPT_MS = 12 * 60 * 60_000;

interface KeptTicket {
  readonly token: string;
  /** When the server said so. */
  readonly at: number;
  readonly page: TicketPage;
}

/** The last that is known of an order: a phone loses the network, and pages are loaded anew. */
export function keptTicket(token: string): KeptTicket | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as KeptTicket | null;
    return kept?.token === token && Date.now() - kept.at < KEPT_MS ? kept : null;
  } catch {
    return null;
  }
}

export function keepTicket(kept: KeptTicket): void {
  localStorage.setItem(KEY, JSON.stringify(kept));
}

export function dropTicket(): void {
  localStorage.removeItem(KEY);
}

let worker: Promise<unknown> | undefined;

/** Keep the page of the own order, which comes again without a network; nothing else of the guests' is of use then. */
export function keepTicketPage(): void {
  worker ??= registerWorker(() => false, `${base}o/`);
}
