import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { crew, only, signedIn } from "./routes.tsx";
import { StationPage } from "./station-page.tsx";
import { StationsPage } from "./stations-page.tsx";

const stations = createRoute({ getParentRoute: () => signedIn, path: "/stations", beforeLoad: crew, component: StationsPage });
const station = createRoute({ getParentRoute: () => signedIn, path: "/station/$id", beforeLoad: crew, component: StationPage });
const order = createRoute({ getParentRoute: () => signedIn, path: "/order", beforeLoad: crew, component: lazyRouteComponent(() => import("./order-page.tsx"), "OrderPage") });
const floor = createRoute({
  getParentRoute: () => signedIn,
  path: "/floor",
  beforeLoad: only("admin", "organizer", "support"),
  component: lazyRouteComponent(() => import("./floor-page.tsx"), "FloorPage"),
});
export const crewRoutes = [stations, station, order, floor] as const;
