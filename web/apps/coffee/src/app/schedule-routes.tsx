import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { crew, only, signedIn } from "./routes.tsx";

interface ScheduleSearch {
  /** As `2025-03-12`; today where it is not said. */
  day?: string;
  view?: "week";
}

const isDay = (text: unknown): text is string => typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00Z`));

const schedule = createRoute({
  getParentRoute: () => signedIn,
  path: "/schedule",
  beforeLoad: crew,
  validateSearch: ({ day, view }: Record<string, unknown>): ScheduleSearch => ({ ...(isDay(day) ? { day } : {}), ...(view === "week" ? { view } : {}) }),
  component: lazyRouteComponent(() => import("./schedule-page.tsx"), "SchedulePage"),
});

const shift = createRoute({ getParentRoute: () => signedIn, path: "/shift", beforeLoad: only("barista", "support"), component: lazyRouteComponent(() => import("./shift-page.tsx"), "ShiftPage") });

export const scheduleRoutes = [schedule, shift] as const;
