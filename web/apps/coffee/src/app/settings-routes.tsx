import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { only, signedIn } from "./routes.tsx";

const shared = { getParentRoute: () => signedIn, beforeLoad: only("admin", "organizer") } as const;

const all = createRoute({ ...shared, path: "/settings", component: lazyRouteComponent(() => import("./settings-page.tsx"), "SettingsPage") });
const event = createRoute({ ...shared, path: "/settings/event", component: lazyRouteComponent(() => import("./event-settings-pages.tsx"), "EventSettingsPage") });
const vip = createRoute({ ...shared, path: "/settings/vip", component: lazyRouteComponent(() => import("./event-settings-pages.tsx"), "VipSettingsPage") });
const sms = createRoute({ ...shared, path: "/settings/sms", component: lazyRouteComponent(() => import("./event-settings-pages.tsx"), "SmsSettingsPage") });
const stations = createRoute({ ...shared, path: "/settings/stations", component: lazyRouteComponent(() => import("./station-settings-pages.tsx"), "StationsSettingsPage") });
const station = createRoute({ ...shared, path: "/settings/stations/$id", component: lazyRouteComponent(() => import("./station-settings-pages.tsx"), "StationSettingsPage") });
const menu = createRoute({ ...shared, path: "/settings/menu", component: lazyRouteComponent(() => import("./menu-settings-pages.tsx"), "MenuSettingsPage") });
const drink = createRoute({ ...shared, path: "/settings/menu/$code", component: lazyRouteComponent(() => import("./menu-settings-pages.tsx"), "DrinkSettingsPage") });
const milks = createRoute({ ...shared, path: "/settings/milks", component: lazyRouteComponent(() => import("./milk-settings-page.tsx"), "MilkSettingsPage") });
const displays = createRoute({ ...shared, path: "/settings/displays", component: lazyRouteComponent(() => import("./devices-page.tsx"), "DevicesPage") });

/** Setting up the event: loaded when an organiser comes. */
export const settingsRoutes = [all, event, vip, sms, stations, station, menu, drink, milks, displays] as const;
