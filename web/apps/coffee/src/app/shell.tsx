import { timeText } from "@livefloor/base/times";
import { useLine } from "@livefloor/live";
import { ConnectionDot, cx, Notice, type DotTone } from "@livefloor/ui";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { AccountMenu } from "../features/account/account-menu.tsx";
import { QueueStrip } from "../features/queue/queue-strip.tsx";
import { useHeartbeat } from "../model/heartbeat.ts";
import { useUser, useZone } from "../model/hooks.ts";
import { live } from "../model/live.ts";
import { texts } from "../texts/index.ts";
import { BarNav, SideNav } from "./navigation.tsx";
import { SECTIONS } from "./sections.tsx";

/** More pages than a bar shows stand beside the content where there is room. */
const MANY = 6;

const News = lazy(async () => ({ default: (await import("./news.tsx")).News }));

/** The frame around all pages of the crew, with the strip that says how live they are. */
export function Shell() {
  useHeartbeat();
  const role = useUser()?.role;
  const zone = useZone();
  const sections = role === undefined ? [] : SECTIONS[role];
  const hasSide = sections.length > MANY;
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
        <BarNav sections={sections} className={cx("ml-2 hidden gap-1 md:flex", hasSide && "xl:hidden")} />
        <div className="ml-auto flex items-center">
          <AccountMenu />
        </div>
      </header>
      <OfflineNotice />
      <Suspense>
        <News />
      </Suspense>
      <div className={cx("flex flex-1 flex-col", hasSide && "xl:grid xl:grid-cols-[13rem_minmax(0,1fr)]")}>
        {hasSide && <SideNav sections={sections} className="sticky top-16 hidden max-h-[calc(100dvh-4rem)] self-start overflow-y-auto px-2 py-1 xl:block" />}
        <main id="main" className="flex min-w-0 flex-1 flex-col px-3 pb-3 md:px-5">
          {/* Every time on a page is told by it. */}
          {zone !== "" && <Outlet />}
        </main>
      </div>
      {sections.length > 1 && (
        <BarNav sections={sections} className="fixed inset-x-0 bottom-0 z-20 grid auto-cols-fr grid-flow-col border-t border-line bg-card pb-[env(safe-area-inset-bottom)] md:hidden" />
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

/** Where what is tapped without a connection is kept and sent later. */
const QUEUING = /^\/(station|order|floor|shift|chat)/;

function OfflineNotice() {
  const { line, asOf } = useLine(live);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  if (line !== "offline") return null;
  const time = asOf === null ? null : timeText(asOf);
  return (
    <div className="px-3 pb-2 md:px-5">
      <Notice tone="off">{QUEUING.test(path) ? texts.line.notice(time) : texts.line.look(time)}</Notice>
    </div>
  );
}
