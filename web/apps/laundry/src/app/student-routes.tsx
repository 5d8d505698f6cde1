import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { MachineRoute } from "./machine-route.tsx";
import { MinePage } from "./mine-page.tsx";
import { NotificationsPage } from "./notifications-page.tsx";
import { RoomPage } from "./room-page.tsx";
import { signedIn } from "./routes.tsx";

interface ReportSearch {
  type?: "washer" | "dryer";
  number?: number;
}

function reportSearch({ type, number }: Record<string, unknown>): ReportSearch {
  const place = Number(number);
  return { ...(type === "washer" || type === "dryer" ? { type } : {}), ...(Number.isInteger(place) && place > 0 ? { number: place } : {}) };
}

const room = createRoute({ getParentRoute: () => signedIn, id: "room", component: RoomPage });
const home = createRoute({ getParentRoute: () => room, path: "/" });
const machine = createRoute({ getParentRoute: () => room, path: "/m/$type/$number", component: MachineRoute });
const mine = createRoute({ getParentRoute: () => signedIn, path: "/mine", component: MinePage });
const notifications = createRoute({ getParentRoute: () => signedIn, path: "/notifications", component: NotificationsPage });
const report = createRoute({
  getParentRoute: () => signedIn,
  path: "/report",
  validateSearch: reportSearch,
  component: lazyRouteComponent(() => import("./report-page.tsx"), "ReportPage"),
});
const activity = createRoute({ getParentRoute: () => signedIn, path: "/activity", component: lazyRouteComponent(() => import("./activity-page.tsx"), "ActivityPage") });
const profile = createRoute({ getParentRoute: () => signedIn, path: "/profile", component: lazyRouteComponent(() => import("./profile-page.tsx"), "ProfilePage") });
const quietTimes = createRoute({ getParentRoute: () => signedIn, path: "/quiet-times", component: lazyRouteComponent(() => import("./quiet-times-page.tsx"), "QuietTimesPage") });

/** What a student holds in the hand; staff see the room as well. */
export const studentRoutes = [room.addChildren([home, machine]), mine, notifications, report, activity, profile, quietTimes] as const;
