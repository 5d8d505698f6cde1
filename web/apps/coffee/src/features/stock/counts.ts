import type { Stock } from "../../model/services.ts";

/** The copy of a station's stock that scripts beside the pages read, too (rule 77). */
interface Copy {
  readonly station_id: number;
  readonly as_of: string;
  readonly inventory: readonly Stock[];
  /** Written by these pages: a list without it is of an older system. */
  readonly kept_by: "livefloor";
}

const keyOf = (station: number): string => `inventory_${station}`;

function read(station: number): unknown {
  try {
    return JSON.parse(localStorage.getItem(keyOf(station)) ?? "null");
  } catch {
    return null;
  }
}

const isCopy = (kept: unknown): kept is Copy => (kept as Partial<Copy> | null)?.kept_by === "livefloor";

export function keepCopy(station: number, inventory: readonly Stock[], now: number): void {
  if (oldCounts(station) !== null || inventory.length === 0) return;
  const copy: Copy = { station_id: station, as_of: new Date(now).toISOString(), inventory, kept_by: "livefloor" };
  try {
    localStorage.setItem(keyOf(station), JSON.stringify(copy));
  } catch {
    // A full storage keeps the older copy.
  }
}

export interface OldCounts {
  readonly asOf: string | null;
  readonly lines: readonly { readonly code: string; readonly quantity: number }[];
}

interface OldLine {
  readonly code?: unknown;
  readonly item_id?: unknown;
  readonly id?: unknown;
  readonly quantity?: unknown;
  readonly amount?: unknown;
}

/** What the pages before these kept on this tablet alone: lines with a code and a quantity (feature 37). */
export function oldCounts(station: number): OldCounts | null {
  const kept = read(station);
  if (kept === null || isCopy(kept)) return null;
  const { inventory, as_of, lastUpdated } = (Array.isArray(kept) ? { inventory: kept as unknown } : kept) as { inventory?: unknown; as_of?: unknown; lastUpdated?: unknown };
  if (!Array.isArray(inventory)) return null;
  const lines = (inventory as (OldLine | null)[]).flatMap((line) => {
    const code = line?.code ?? line?.item_id ?? line?.id;
    const quantity = line?.quantity ?? line?.amount;
    return typeof code === "string" && typeof quantity === "number" && quantity >= 0 ? [{ code, quantity: Math.round(quantity) }] : [];
  });
  const when = as_of ?? lastUpdated;
  return lines.length === 0 ? null : { asOf: typeof when === "string" && !Number.isNaN(Date.parse(when)) ? when : null, lines };
}

export function forget(station: number): void {
  localStorage.removeItem(keyOf(station));
}
