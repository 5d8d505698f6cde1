import { useLine } from "@livefloor/live";
import { BasketIcon, ConnectionDot, cx, DrumIcon, Notice, type DotTone } from "@livefloor/ui";
import { Link, Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { AccountMenu } from "../features/account/account-menu.tsx";
import { Bell } from "../features/notifications/bell.tsx";
import { useList, useMeta, useRoom, useSession } from "../model/hooks.ts";
import { live } from "../model/live.ts";
import { timeText } from "../model/times.ts";
import { texts } from "../texts.ts";
import { CountdownVoice } from "./countdown-voice.tsx";

/** The frame around all pages of a signed-in person. */
export function Shell() {
  useRoom();
  const session = useSession();
  const isStudent = session?.user.role === "student";
  return (
    <div className={cx("mx-auto flex min-h-dvh max-w-7xl flex-col", isStudent && "pb-20 md:pb-0")}>
      <header className="sticky top-0 z-20 flex h-16 items-center gap-1 bg-linen/95 px-3 backdrop-blur-sm md:px-6">
        <RoomName />
        {isStudent && <Sections className="ml-6 hidden gap-1 md:flex" />}
        <div className="ml-auto flex items-center">
          <Bell />
          <AccountMenu />
        </div>
      </header>
      <OfflineNotice />
      <main id="main" className="flex-1 px-3 pt-2 pb-8 md:px-6">
        <Outlet />
      </main>
      {isStudent && (
        <Sections className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-2 border-t border-line bg-card pb-[env(safe-area-inset-bottom)] md:hidden" stacked />
      )}
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
  const { line, asOf } = useLine(live);
  const word = line === "offline" ? texts.line.offline(asOf === null ? null : timeText(asOf)) : texts.line[line];
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

function Sections({ className, stacked = false }: { readonly className: string; readonly stacked?: boolean }) {
  return (
    <nav aria-label={texts.nav.label} className={className}>
      <Section to="/" icon={<DrumIcon />} text={texts.nav.room} stacked={stacked} />
      <Section to="/mine" icon={<BasketIcon />} text={texts.nav.mine} stacked={stacked} mark={<TurnMark />} />
    </nav>
  );
}

interface SectionProps {
  readonly to: "/" | "/mine";
  readonly icon: ReactNode;
  readonly text: string;
  readonly stacked: boolean;
  readonly mark?: ReactNode;
}

function Section({ to, icon, text, stacked, mark }: SectionProps) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: true }}
      activeProps={{ className: stacked ? "text-brand" : "bg-brand-soft text-brand-strong" }}
      inactiveProps={{ className: "text-muted" }}
      className={cx(
        "flex items-center justify-center font-semibold",
        stacked ? "min-h-16 flex-col gap-0.5 text-xs" : "min-h-12 gap-2 rounded-2xl px-4 hover:bg-off-soft",
      )}
    >
      <span className="relative">
        {icon}
        {mark}
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
