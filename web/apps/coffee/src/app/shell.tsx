import { timeText } from "@livefloor/base/times";
import { useLine } from "@livefloor/live";
import { BasketIcon, ConnectionDot, CupIcon, ListIcon, Notice, ScreenIcon, SettingsIcon, type DotTone } from "@livefloor/ui";
import { Link, Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { AccountMenu } from "../features/account/account-menu.tsx";
import { QueueStrip } from "../features/queue/queue-strip.tsx";
import { useUser } from "../model/hooks.ts";
import { live } from "../model/live.ts";
import type { Session } from "../model/services.ts";
import { texts } from "../texts/index.ts";

/** The frame around all pages of the crew, with the strip that says how live they are. */
export function Shell() {
  const role = useUser()?.role;
  const sections = role === undefined ? [] : SECTIONS[role];
  return (
    <div className="flex min-h-dvh flex-col pb-16 md:pb-0">
      <header className="sticky top-0 z-20 flex min-h-16 flex-wrap items-center gap-x-2 bg-linen/95 px-3 backdrop-blur-sm md:px-5">
        <div className="min-w-0">
          <Link to="/" className="-my-3 block truncate rounded-lg py-3 text-lg leading-tight font-extrabold tracking-tight">
            {texts.product}
          </Link>
          <LineState />
        </div>
        <QueueStrip />
        <Sections sections={sections} className="ml-2 hidden gap-1 md:flex" />
        <div className="ml-auto flex items-center">
          <AccountMenu />
        </div>
      </header>
      <OfflineNotice />
      <main id="main" className="flex flex-1 flex-col px-3 pb-3 md:px-5">
        <Outlet />
      </main>
      {sections.length > 1 && (
        <Sections sections={sections} className="fixed inset-x-0 bottom-0 z-20 grid auto-cols-fr grid-flow-col border-t border-line bg-card pb-[env(safe-area-inset-bottom)] md:hidden" />
      )}
    </div>
  );
}

const TONES: Record<"connecting" | "live" | "reconnecting" | "offline", DotTone> = { connecting: "waiting", live: "live", reconnecting: "waiting", offline: "off" };

function LineState() {
  const { line, asOf, isKept } = useLine(live);
  const time = asOf === null ? null : timeText(asOf);
  const word = line === "offline" ? texts.line.offline(time) : isKept && time !== null ? texts.line.kept(time) : texts.line[line];
  return <ConnectionDot tone={TONES[line]} word={word} className="text-sm md:text-base" />;
}

function OfflineNotice() {
  const { line, asOf } = useLine(live);
  if (line !== "offline") return null;
  return (
    <div className="px-3 pb-2 md:px-5">
      <Notice tone="off">{texts.line.notice(asOf === null ? null : timeText(asOf))}</Notice>
    </div>
  );
}

interface Section {
  readonly to: "/stations" | "/order" | "/display" | "/floor" | "/settings/displays";
  readonly icon: ReactNode;
  readonly text: string;
}

const STATION: Section = { to: "/stations", icon: <CupIcon />, text: texts.nav.station };
const ORDER: Section = { to: "/order", icon: <BasketIcon />, text: texts.nav.order };
const DISPLAY: Section = { to: "/display", icon: <ScreenIcon />, text: texts.nav.display };
const DEVICES: Section = { to: "/settings/displays", icon: <SettingsIcon />, text: texts.nav.devices };
const FLOOR: Section = { to: "/floor", icon: <ListIcon />, text: texts.nav.floor };
const BARISTA = [STATION, ORDER, DISPLAY];
const LEADS = [FLOOR, STATION, ORDER, DISPLAY, DEVICES];
const SECTIONS: Record<Session["user"]["role"], readonly Section[]> = { admin: LEADS, organizer: LEADS, barista: BARISTA, support: [ORDER, FLOOR, STATION, DISPLAY], display: [] };

function Sections({ sections, className }: { readonly sections: readonly Section[]; readonly className: string }) {
  return (
    <nav aria-label={texts.nav.label} className={className}>
      {sections.map(({ to, icon, text }) => (
        <Link
          key={to}
          to={to}
          activeProps={{ className: "bg-brand-soft text-brand-strong" }}
          inactiveProps={{ className: "text-muted" }}
          className="flex min-h-16 flex-col items-center justify-center gap-0.5 px-0.5 text-center text-[0.6875rem] leading-tight font-semibold hover:bg-off-soft md:min-h-12 md:flex-row md:gap-2 md:rounded-2xl md:px-4 md:text-base"
        >
          {icon}
          {text}
        </Link>
      ))}
    </nav>
  );
}
