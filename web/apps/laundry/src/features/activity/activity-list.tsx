import { ActivityIcon, BasketIcon, BellIcon, CheckIcon, ClockIcon, cx, EyeIcon, ListIcon, PlayIcon, ToolIcon, useNow, UserIcon, WarningIcon } from "@livefloor/ui";
import type { ReactNode } from "react";

import { useViewer } from "../../model/hooks.ts";
import { dateText, timeText } from "../../model/times.ts";
import { texts } from "../../texts/student/index.ts";
import type { Activity, ActivityType } from "./api.ts";
import { say } from "./say.ts";

const DAY_MS = 86_400_000;

const START = { icon: <PlayIcon className="size-4" />, tone: "bg-running-soft text-running" };
const DONE = { icon: <CheckIcon className="size-4" />, tone: "bg-done-soft text-done" };
const OUT = { icon: <BasketIcon className="size-4" />, tone: "bg-free-soft text-free" };
const LIST = { icon: <ListIcon className="size-4" />, tone: "bg-brand-soft text-brand-strong" };
const TURN = { icon: <ClockIcon className="size-4" />, tone: "bg-held-soft text-held" };
const FAULT = { icon: <WarningIcon className="size-4" />, tone: "bg-danger-soft text-danger" };
const FIXED = { icon: <ToolIcon className="size-4" />, tone: "bg-free-soft text-free" };
const SELF = { icon: <UserIcon className="size-4" />, tone: "bg-off-soft text-ink" };

const LOOKS: Record<ActivityType, { readonly icon: ReactNode; readonly tone: string }> = {
  machine_started: START,
  machine_extended: START,
  machine_completed: DONE,
  machine_ended: DONE,
  machine_cancelled: OUT,
  laundry_collected: OUT,
  laundry_moved: OUT,
  status_reported: { icon: <EyeIcon className="size-4" />, tone: "bg-off-soft text-ink" },
  machine_disabled: FAULT,
  machine_enabled: FIXED,
  joined_waitlist: LIST,
  left_waitlist: LIST,
  waitlist_called: TURN,
  waitlist_fulfilled: LIST,
  fault_reported: FAULT,
  fault_resolved: FIXED,
  waitlist_no_show: TURN,
  waitlist_passed: TURN,
  profile_updated: SELF,
  pin_changed: SELF,
  signed_in: SELF,
  nudged: { icon: <BellIcon className="size-4" />, tone: "bg-off-soft text-ink" },
};
const OTHER = { icon: <ActivityIcon className="size-4" />, tone: "bg-off-soft text-ink" };

/** Lines of the feed under their days. */
export function ActivityList({ items }: { readonly items: readonly Activity[] }) {
  const now = useNow(60_000);
  return byDay(items).map(([day, lines]) => (
    <section key={day} className="mb-6">
      <h2 className="mb-2 text-sm font-bold text-muted">{dayText(day, now)}</h2>
      <ol className="divide-y divide-line rounded-2xl border border-line bg-card">
        {lines.map((line) => (
          <ActivityLine key={line.id} line={line} />
        ))}
      </ol>
    </section>
  ));
}

function byDay(items: readonly Activity[]): [string, Activity[]][] {
  const days = new Map<string, Activity[]>();
  for (const item of items) {
    const day = dateText(item.created_at);
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return [...days];
}

function dayText(day: string, now: number): string {
  if (day === dateText(now)) return texts.activity.today;
  return day === dateText(now - DAY_MS) ? texts.activity.yesterday : day;
}

function ActivityLine({ line }: { readonly line: Activity }) {
  const { userId } = useViewer(60_000);
  const { icon, tone } = (LOOKS as Partial<typeof LOOKS>)[line.activity_type] ?? OTHER;
  return (
    <li className="flex items-center gap-3 px-3 py-2.5 text-sm">
      <span className={cx("flex size-8 shrink-0 items-center justify-center rounded-full", tone)}>{icon}</span>
      <span className="min-w-0 flex-1 leading-snug wrap-anywhere">{say(line, userId)}</span>
      <time dateTime={line.created_at} className="text-xs whitespace-nowrap text-muted">
        {timeText(line.created_at)}
      </time>
    </li>
  );
}
