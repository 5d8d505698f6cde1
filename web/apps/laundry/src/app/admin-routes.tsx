import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { only, signedIn } from "./routes.tsx";

interface WebhooksSearch {
  /** Which of them is looked at; without it the list. */
  id?: string;
}

const shared = { getParentRoute: () => signedIn, beforeLoad: only("admin") } as const;
const overview = createRoute({ ...shared, path: "/admin", component: lazyRouteComponent(() => import("./admin-overview-page.tsx"), "AdminOverviewPage") });
const machines = createRoute({ ...shared, path: "/admin/machines", component: lazyRouteComponent(() => import("./admin-machines-page.tsx"), "AdminMachinesPage") });
const qr = createRoute({ ...shared, path: "/admin/qr", component: lazyRouteComponent(() => import("./admin-qr-page.tsx"), "AdminQrPage") });
const catalogue = createRoute({ ...shared, path: "/admin/catalogue", component: lazyRouteComponent(() => import("./admin-catalogue-page.tsx"), "AdminCataloguePage") });
const settings = createRoute({ ...shared, path: "/admin/settings", component: lazyRouteComponent(() => import("./admin-settings-page.tsx"), "AdminSettingsPage") });
const staff = createRoute({ ...shared, path: "/admin/staff", component: lazyRouteComponent(() => import("./admin-staff-page.tsx"), "AdminStaffPage") });
const roster = createRoute({ ...shared, path: "/admin/roster", component: lazyRouteComponent(() => import("./admin-roster-page.tsx"), "AdminRosterPage") });
const guard = createRoute({ ...shared, path: "/admin/guard", component: lazyRouteComponent(() => import("./admin-guard-page.tsx"), "AdminGuardPage") });
const audit = createRoute({ ...shared, path: "/admin/audit", component: lazyRouteComponent(() => import("./admin-audit-page.tsx"), "AdminAuditPage") });
const running = createRoute({ ...shared, path: "/admin/running", component: lazyRouteComponent(() => import("./admin-running-page.tsx"), "AdminRunningPage") });
const webhooks = createRoute({
  ...shared,
  path: "/admin/webhooks",
  validateSearch: ({ id }: Record<string, unknown>): WebhooksSearch => (typeof id === "string" ? { id } : {}),
  component: lazyRouteComponent(() => import("./admin-webhooks-page.tsx"), "AdminWebhooksPage"),
});

/** Administration: loaded when an admin comes. */
export const adminRoutes = [overview, machines, qr, catalogue, settings, staff, roster, guard, audit, running, webhooks] as const;
