import { LogSearch, WHOLE_LOG } from "@livefloor/ui";
import { useState } from "react";

import { AuditExport, AuditLines } from "../features/audit/audit.ts";
import { useNames } from "../model/people.ts";
import { texts } from "../texts/lead/index.ts";

const ROLES = ["admin", "organizer", "barista", "support", "display", "customer", "public", "system"] as const;
const EVENTS = [
  "order_created", "order_updated", "order_rated", "inventory_updated", "inventory_depleted", "low_stock_alert", "restock_requested", "restock_updated", "sync_completed",
  "schedule_created", "schedule_updated", "schedule_deleted", "barista_checked_in", "barista_checked_out", "user_created", "user_updated", "user_signed_in", "user_signed_out",
  "settings_updated", "milk_colors_updated", "menu_updated", "station_updated", "display_updated", "event_updated", "alert_opened", "alert_updated", "group_order_created",
  "group_order_updated", "chat_message", "sms_received", "sms_sent", "sms_status", "conversation_updated", "customer_forgotten", "export_made",
];

/** Everything that happened. */
export function AuditPage() {
  const [filter, setFilter] = useState(WHOLE_LOG);
  const names = useNames();
  const { audit } = texts;
  return (
    <>
      <div className="mb-5 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h1 className="text-2xl font-extrabold">{audit.title}</h1>
          <p className="mt-1 text-muted">{audit.intro}</p>
        </div>
        <AuditExport filter={filter} />
      </div>
      <div className="flex flex-col gap-5">
        <LogSearch filter={filter} words={audit} names={EVENTS} actors={[...ROLES.map((role) => [role, audit.who[role]] as const), ...names]} onSearch={setFilter} />
        <AuditLines filter={filter} names={names} />
      </div>
    </>
  );
}
