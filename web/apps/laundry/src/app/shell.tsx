import { useLine } from "@livefloor/live";
import { ActivityIcon, BasketIcon, ChartIcon, ClockIcon, ConnectionDot, cx, DeskIcon, DrumIcon, Notice, PeopleIcon, SettingsIcon, WarningIcon, type DotTone } from "@livefloor/ui";
import { Link, Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { AccountMenu } from "../features/account/account-menu.tsx";
import { Bell } from "../features/notifications/bell.tsx";
import { QueueList } from "../features/queue/queue-list.tsx";
import { useList, useMeta, useRoom, useSession } from "../model/hooks.ts";
import { live } from "../model/live.ts";
import type { Session } from "../model/services.ts";
import { timeText } from "../model/times.ts";
import { texts } from "../texts/index.ts";
import { CountdownVoice } from "./countdown-voice.tsx";

/** The frame around all pages of a signed-in person. */
export function Shell() {
  useRoom();
  const session = useSession();
  const role = session?.user.role;
  const sections = role === undefined ? [] : SECTIONS[role];
  return (
    <div className="mx-auto flex min-h-dvh max-w-7xl flex-col pb-20 lg:pb-0">
      <header className="sticky top-0 z-20 flex h-16 items-center gap-1 bg-linen/95 px-3 backdrop-blur-sm md:px-6">
        <RoomName />
        <Sections sections={sections} className="ml-6 hidden gap-1 lg:flex" />
        <div className="ml-auto flex items-center">
          <Bell />
          <AccountMenu />
        </div>
      </header>
      <OfflineNotice />
      <QueueList />
      <main id="main" className="flex-1 px-3 pt-2 pb-8 md:px-6">
        <Outlet />
      </main>
      <Sections
        sections={sections}
        className="fixed inset-x-0 bottom-0 z-20 grid auto-cols-fr grid-flow-col border-t border-line bg-card pb-[env(safe-area-inset-bottom)] lg:hidden"
        stacked
      />
      <CountdownVoice />
    </div>
  );
}

function RoomName() {
  const { data: meta } = useMeta();
  return (
    <div className="min-w-0">
      <Link to="/" className="block truncate rounded-lg text-lg leading-tight font-extrabold tracking-tight">
        {meta?.room_name ?? texts.product}
      </Link>
      <LineState />
    </div>
  );
}

const TONES: Record<"connecting" | "live" | "reconnecting" | "offline", DotTone> = {
  connecting: "waiting",
  live: "live",
  reconnecting: "waiting",
  offline: "off",
};

function LineState() {
  const { line, asOf, isKept } = useLine(live);
  const time = asOf === null || (line !== "offline" && !isKept) ? null : timeText(asOf);
  const word = line === "offline" ? texts.line.offline(time) : time === null ? texts.line[line] : texts.line.kept(time);
  return <ConnectionDot tone={TONES[line]} word={word} />;
}

function OfflineNotice() {
  const { line, asOf } = useLine(live);
  if (line !== "offline") return null;
  return (
    <div className="px-3 pb-2 md:px-6">
      <Notice tone="off">{texts.line.offlineNotice(asOf === null ? null : timeText(asOf))}</Notice>
    </div>
  );
}

interface Section {
  readonly to: "/" | "/mine" | "/activity" | "/quiet-times" | "/desk" | "/faults" | "/people" | "/insights" | "/admin";
  readonly icon: ReactNode;
  readonly text: string;
}

const ROOM: Section = { to: "/", icon: <DrumIcon />, text: texts.nav.room };
const DESK: readonly Section[] = [
  { to: "/desk", icon: <DeskIcon />, text: texts.nav.desk },
  ROOM,
  { to: "/faults", icon: <WarningIcon />, text: texts.nav.faults },
  { to: "/people", icon: <PeopleIcon />, text: texts.nav.people },
];

const SECTIONS: Record<Session["user"]["role"], readonly Section[]> = {
  student: [
    ROOM,
    { to: "/mine", icon: <BasketIcon />, text: texts.nav.mine },
    { to: "/activity", icon: <ActivityIcon />, text: texts.nav.activity },
    { to: "/quiet-times", icon: <ClockIcon />, text: texts.nav.quietTimes },
  ],
  staff: [...DESK, { to: "/insights", icon: <ChartIcon />, text: texts.nav.insights }],
  admin: [...DESK, { to: "/admin", icon: <SettingsIcon />, text: texts.nav.admin }],
};

interface SectionsProps {
  readonly sections: readonly Section[];
  readonly className: string;
  readonly stacked?: boolean;
}

function Sections({ sections, className, stacked = false }: SectionsProps) {
  return (
    <nav aria-label={texts.nav.label} className={className}>
      {sections.map((section) => (
        <SectionLink key={section.to} section={section} stacked={stacked} />
      ))}
    </nav>
  );
}

function SectionLink({ section: { to, icon, text }, stacked }: { readonly section: Section; readonly stacked: boolean }) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === "/" }}
      activeProps={{ className: stacked ? "text-brand" : "bg-brand-soft text-brand-strong" }}
      inactiveProps={{ className: "text-muted" }}
      className={cx(
        "flex items-center justify-center font-semibold",
        stacked ? "min-h-16 min-w-0 flex-col gap-0.5 px-0.5 text-center text-[0.6875rem] leading-tight" : "min-h-12 gap-2 rounded-2xl px-4 hover:bg-off-soft",
      )}
    >
      <span className="relative">
        {icon}
        {to === "/mine" && <TurnMark />}
      </span>
      {text}
    </Link>
  );
}

/** A dot on "My laundry" while a machine is kept for this person. */
function TurnMark() {
  const userId = useSession()?.user.id;
  const entries = [...(useList("washer")?.items ?? []), ...(useList("dryer")?.items ?? [])];
  const isCalled = entries.some((entry) => entry.user_id === userId && entry.status === "called");
  if (!isCalled) return null;
  return (
    <span className="absolute -top-0.5 -right-1 size-2.5 rounded-full bg-danger">
      <span className="sr-only">{texts.turn.title}</span>
    </span>
  );
}
