import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { only, signedIn } from "./routes.tsx";

const VIEWS = ["movements", "items", "books"] as const;

interface InventorySearch {
  /** What is shown in place of the stock of a station. */
  view?: (typeof VIEWS)[number];
  station?: number;
}

interface PerformanceSearch {
  /** Whose figures; without it those of all. */
  who?: string;
}

interface WebhooksSearch {
  /** Which of them is looked at; without it the list. */
  id?: string;
}

type Asked = Record<string, unknown>;

const leads = { getParentRoute: () => signedIn, beforeLoad: only("admin", "organizer") } as const;
const dashboard = createRoute({ ...leads, path: "/dashboard", component: lazyRouteComponent(() => import("./dashboard-page.tsx"), "DashboardPage") });
const users = createRoute({ ...leads, path: "/users", component: lazyRouteComponent(() => import("./users-page.tsx"), "UsersPage") });
const events = createRoute({ ...leads, path: "/events", component: lazyRouteComponent(() => import("./events-page.tsx"), "EventsPage") });
const audit = createRoute({ ...leads, path: "/audit", component: lazyRouteComponent(() => import("./audit-page.tsx"), "AuditPage") });
const running = createRoute({ ...leads, path: "/running", component: lazyRouteComponent(() => import("./running-page.tsx"), "RunningPage") });
const webhooks = createRoute({
  getParentRoute: () => signedIn,
  path: "/webhooks",
  beforeLoad: only("admin"),
  validateSearch: ({ id }: Asked): WebhooksSearch => (typeof id === "string" ? { id } : {}),
  component: lazyRouteComponent(() => import("./webhooks-page.tsx"), "WebhooksPage"),
});
const inventory = createRoute({
  getParentRoute: () => signedIn,
  path: "/inventory",
  beforeLoad: only("admin", "organizer", "support"),
  validateSearch: ({ view, station }: Asked): InventorySearch => {
    const asked = VIEWS.find((one) => one === view);
    return { ...(asked === undefined ? {} : { view: asked }), ...(typeof station === "number" && Number.isInteger(station) ? { station } : {}) };
  },
  component: lazyRouteComponent(() => import("./inventory-page.tsx"), "InventoryPage"),
});
const performance = createRoute({
  getParentRoute: () => signedIn,
  path: "/performance",
  beforeLoad: only("admin", "organizer", "barista"),
  validateSearch: ({ who }: Asked): PerformanceSearch => (typeof who === "string" ? { who } : {}),
  component: lazyRouteComponent(() => import("./performance-page.tsx"), "PerformancePage"),
});

/** The pages of those who lead: loaded when one of them comes. */
export const leadRoutes = [dashboard, inventory, performance, users, events, audit, running, webhooks] as const;
