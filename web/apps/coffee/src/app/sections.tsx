import { ActivityIcon, BasketIcon, BoxIcon, CalendarIcon, ChartIcon, ChatIcon, ClockIcon, CupIcon, GaugeIcon, ListIcon, PeopleIcon, PhoneIcon, ScreenIcon, SendIcon, SettingsIcon, TicketIcon, ToolIcon } from "@livefloor/ui";
import { lazy, type ReactNode } from "react";

import type { Session } from "../model/services.ts";
import { texts } from "../texts/index.ts";

const { nav } = texts;

const UnreadChat = lazy(async () => ({ default: (await import("../features/chat/unread-badge.tsx")).UnreadBadge }));
const UnreadTexts = lazy(async () => ({ default: (await import("../features/messages/unread-badge.tsx")).UnreadTexts }));

export interface Section {
  readonly to: "/stations" | "/order" | "/display" | "/floor" | "/settings" | "/group" | "/schedule" | "/shift" | "/messages" | "/chat" | "/dashboard" | "/inventory" | "/performance" | "/users" | "/events" | "/audit" | "/running" | "/webhooks";
  readonly icon: ReactNode;
  readonly text: string;
  readonly group: keyof typeof nav.parts;
  /** How much there waits to be read. */
  readonly badge?: ReactNode;
}

const STATION: Section = { to: "/stations", icon: <CupIcon />, text: nav.station, group: "service" };
const ORDER: Section = { to: "/order", icon: <BasketIcon />, text: nav.order, group: "service" };
const FLOOR: Section = { to: "/floor", icon: <ListIcon />, text: nav.floor, group: "service" };
const DISPLAY: Section = { to: "/display", icon: <ScreenIcon />, text: nav.display, group: "service" };
const MESSAGES: Section = { to: "/messages", icon: <PhoneIcon />, text: nav.messages, group: "service", badge: <UnreadTexts /> };
const GROUPS: Section = { to: "/group", icon: <PeopleIcon />, text: nav.groups, group: "service" };
const CHAT: Section = { to: "/chat", icon: <ChatIcon />, text: nav.chat, group: "service", badge: <UnreadChat /> };
const DASHBOARD: Section = { to: "/dashboard", icon: <GaugeIcon />, text: nav.dashboard, group: "lead" };
const INVENTORY: Section = { to: "/inventory", icon: <BoxIcon />, text: nav.inventory, group: "lead" };
const PERFORMANCE: Section = { to: "/performance", icon: <ChartIcon />, text: nav.performance, group: "lead" };
const USERS: Section = { to: "/users", icon: <PeopleIcon />, text: nav.users, group: "setUp" };
const EVENTS: Section = { to: "/events", icon: <TicketIcon />, text: nav.events, group: "setUp" };
const SETTINGS: Section = { to: "/settings", icon: <SettingsIcon />, text: nav.settings, group: "setUp" };
const SCHEDULE: Section = { to: "/schedule", icon: <CalendarIcon />, text: nav.schedule, group: "lead" };
const SHIFT: Section = { to: "/shift", icon: <ClockIcon />, text: nav.shift, group: "service" };
const AUDIT: Section = { to: "/audit", icon: <ActivityIcon />, text: nav.audit, group: "setUp" };
const RUNNING: Section = { to: "/running", icon: <ToolIcon />, text: nav.running, group: "setUp" };
const WEBHOOKS: Section = { to: "/webhooks", icon: <SendIcon />, text: nav.webhooks, group: "setUp" };

const LEADS = [DASHBOARD, FLOOR, STATION, MESSAGES, CHAT, ORDER, GROUPS, INVENTORY, SCHEDULE, PERFORMANCE, DISPLAY, USERS, SETTINGS, EVENTS, AUDIT, RUNNING];

/** The pages of each role, those used most first: what a bar has no room for is behind "More". */
export const SECTIONS: Record<Session["user"]["role"], readonly Section[]> = {
  admin: [...LEADS, WEBHOOKS],
  organizer: LEADS,
  barista: [STATION, ORDER, CHAT, SHIFT, MESSAGES, SCHEDULE, DISPLAY, PERFORMANCE],
  support: [ORDER, FLOOR, MESSAGES, CHAT, GROUPS, SHIFT, STATION, SCHEDULE, INVENTORY, DISPLAY, PERFORMANCE],
  display: [],
};
