import type { AlertView } from "@livefloor/api/coffee";
import { whenText } from "@livefloor/base/times";
import { Button, CheckIcon, cx, EmptyState, toast, useNow, WarningIcon } from "@livefloor/ui";
import { Link, linkOptions, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useAct } from "../../model/hooks.ts";
import { texts } from "../../texts/lead/index.ts";
import { acknowledge } from "./api.ts";

const { alerts: words } = texts.dashboard;
const URGENCY: Record<AlertView["level"], number> = { critical: 0, warn: 1, info: 2 };
const LOOKS: Record<AlertView["level"], string> = { critical: "border-danger bg-danger-soft", warn: "border-held bg-held-soft", info: "border-line bg-card" };
const INKS: Record<AlertView["level"], string> = { critical: "text-danger", warn: "text-held", info: "text-muted" };
const OF_STOCK = new Set(["low_stock", "out_of_stock"]);

export interface AlertListProps {
  readonly alerts: readonly AlertView[];
  readonly stationName: (id: number) => string;
  readonly itemName: (code: string) => string;
  readonly names: ReadonlyMap<string, string>;
}

/** What is open: nobody sees to it yet, worst first; then what somebody sees to. */
export function AlertList({ alerts, ...more }: AlertListProps) {
  if (alerts.length === 0) return <EmptyState>{words.none}</EmptyState>;
  const sorted = [...alerts].sort(
    (one, other) =>
      Number(one.acked_at !== null) - Number(other.acked_at !== null) || URGENCY[one.level] - URGENCY[other.level] || other.opened_at.localeCompare(one.opened_at),
  );
  return (
    <ul className="grid gap-3 md:grid-cols-2 2xl:grid-cols-3">
      {sorted.map((alert) => (
        <li key={alert.id}>
          <AlertCard alert={alert} {...more} />
        </li>
      ))}
    </ul>
  );
}

function AlertCard({ alert, stationName, itemName, names }: Omit<AlertListProps, "alerts"> & { readonly alert: AlertView }) {
  const now = useNow(60_000);
  const ack = useAct(acknowledge);
  const isOpen = alert.acked_at === null;
  const name = nameOf(alert, stationName, itemName);
  return (
    <article className={cx("flex h-full flex-wrap items-center gap-x-3 gap-y-1 rounded-tile border p-3 pl-4", isOpen ? LOOKS[alert.level] : "border-line bg-card")}>
      <div className="min-w-48 flex-1">
        <Place alert={alert}>
          <span className={cx("flex items-center gap-2 text-sm font-bold", isOpen ? INKS[alert.level] : "text-muted")}>
            {isOpen ? <WarningIcon className="size-5 shrink-0" /> : <CheckIcon className="size-5 shrink-0" />}
            {words.levels[alert.level]}
          </span>
          <span className="block text-lg leading-tight font-bold">{name}</span>
        </Place>
        <p className={cx("text-sm", isOpen ? "text-ink" : "text-muted")}>
          {alert.acked_at === null ? words.since(whenText(alert.opened_at, now)) : words.acked(names.get(alert.acked_by ?? "") ?? words.somebody, whenText(alert.acked_at, now))}
        </p>
      </div>
      {isOpen && (
        <Button
          look="quiet"
          className="bg-raised"
          busy={ack.isPending && words.acking}
          aria-label={`${words.ack}: ${name}`}
          onClick={() => ack.mutate(alert.id, { onError: (error) => toast(`${name}: ${error.message}`, "bad") })}
        >
          {words.ack}
        </Button>
      )}
    </article>
  );
}

function nameOf({ kind, level, subject, station_id }: AlertView, stationName: (id: number) => string, itemName: (code: string) => string): string {
  if (kind === "sms_failing" && subject !== "") return words.refused;
  return words.kinds[kind](itemName(subject), station_id === null ? words.somewhere : stationName(station_id), level === "critical");
}

/** Where something can be done about it. */
function Place({ alert, children }: { readonly alert: AlertView; readonly children: ReactNode }) {
  const place = placeOf(alert);
  if (place === null) return <div className="py-1">{children}</div>;
  return (
    <Link {...place} className="block rounded-lg py-1 hover:underline underline-offset-4">
      {children}
    </Link>
  );
}

function placeOf({ kind, subject, station_id }: AlertView): LinkProps | null {
  if (kind === "no_show") return linkOptions({ to: "/schedule" });
  // Keys that are refused are seen to in the settings; texts that fail one by one, where they were written.
  if (kind === "sms_failing") return subject === "" ? linkOptions({ to: "/messages" }) : linkOptions({ to: "/settings/sms" });
  if (kind === "cap_near") return linkOptions({ to: "/settings/event" });
  if (station_id === null) return null;
  if (OF_STOCK.has(kind)) return linkOptions({ to: "/inventory", search: { station: station_id } });
  return linkOptions({ to: "/station/$id", params: { id: String(station_id) } });
}
