import type { InventoryRow, MilkColor, OrderView, StationView } from "@livefloor/api/coffee";
import type { Change, Frame } from "@livefloor/live";

interface QueueEta {
  readonly station_id: number;
  readonly wait_seconds: number;
  readonly minutes: number;
  readonly positions: Readonly<Record<string, { readonly position: number; readonly eta_at: string }>>;
}

/** A cup as boards are told of it. */
interface GuestCup {
  readonly id: string;
}

export const stockKey = (station: number, code: string): string => `${station} ${code}`;

/** What a frame of the wire changes on the screen. */
export function changesOf({ event, seq, data }: Frame): readonly Change[] {
  switch (event) {
    case "order_created":
    case "order_updated": {
      const { order } = data as { order: OrderView | GuestCup };
      // Boards are told less, and ask for what they show.
      if (!("version" in order)) return [];
      return [{ kind: "put", collection: "orders", id: order.id, version: order.version, seq, value: order }];
    }
    case "queue_eta": {
      const { station_id, wait_seconds, minutes, positions } = data as QueueEta;
      const places = Object.entries(positions).map(([id, place]): Change => ({ kind: "amend", collection: "orders", id, seq, fields: place }));
      return [{ kind: "amend", collection: "heads", id: String(station_id), seq, fields: { wait_seconds, minutes } }, ...places];
    }
    case "inventory_updated": {
      const { station_id, items } = data as { station_id: number; items: readonly InventoryRow[] };
      return items.map((row) => ({ kind: "put", collection: "inventory", id: stockKey(station_id, row.code), version: seq, seq, value: { ...row, station_id } }));
    }
    case "station_updated": {
      const { id, name, status, connection } = (data as { station: StationView }).station;
      return [{ kind: "amend", collection: "heads", id: String(id), seq, fields: { name, status, connection } }];
    }
    case "milk_colors_updated": {
      const { milk_colors } = data as { milk_colors: readonly MilkColor[] };
      return [{ kind: "snapshot", collection: "milks", seq, rows: milk_colors.map((milk) => ({ id: milk.code, version: seq, value: milk })) }];
    }
    default:
      return [];
  }
}
