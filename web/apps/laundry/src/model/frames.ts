import type { Machine, MachineType, Notification } from "@livefloor/api/laundry";
import type { Change, Frame } from "@livefloor/live";

import { machineKey } from "./machines.ts";
import type { ListView } from "./services.ts";

interface FaultFrame {
  readonly machine_type: MachineType;
  readonly machine_id: number;
  readonly report_count: number;
}

export type NotificationFrame = Notification & { readonly change: "created" | "read" | "deleted"; readonly unread_count: number };

/** What a frame of the wire changes on the screen. */
export function changesOf(frame: Frame): readonly Change[] {
  const { seq } = frame;
  switch (frame.event) {
    case "machine_update": {
      const { change, ...machine } = frame.data as Machine & { change: string };
      const place = { collection: "machines", id: machineKey(machine), version: machine.version, seq };
      return [change === "retired" ? { kind: "removed", ...place } : { kind: "put", ...place, value: machine }];
    }
    case "waitlist_update": {
      const { machine_type, items, count } = frame.data as ListView;
      return [{ kind: "put", collection: "waitlists", id: machine_type, version: seq, seq, value: { machine_type, items, count } }];
    }
    case "fault_reported":
    case "fault_updated": {
      const fault = frame.data as FaultFrame;
      return [{ kind: "amend", collection: "machines", id: machineKey(fault), seq, fields: { report_count: fault.report_count } }];
    }
    case "notification_received": {
      const { change, unread_count, ...notification } = frame.data as NotificationFrame;
      const place = { collection: "notifications", id: notification.id, version: seq, seq };
      return [
        change === "deleted" ? { kind: "removed", ...place } : { kind: "put", ...place, value: notification },
        { kind: "put", collection: "counters", id: "unread", version: seq, seq, value: { unread: unread_count } },
      ];
    }
    default:
      return [];
  }
}
