import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { keeper } from "../model/services.ts";
import { root } from "./routes.tsx";

const boards = createRoute({
  getParentRoute: () => root,
  path: "/display",
  beforeLoad: () => {
    const user = keeper.read()?.user;
    if (user?.role === "display" && user.station_id !== null) throw redirect({ to: "/display/$id", params: { id: String(user.station_id) }, replace: true });
  },
  component: lazyRouteComponent(() => import("./display-page.tsx"), "BoardsPage"),
});
const board = createRoute({
  getParentRoute: () => root,
  path: "/display/$id",
  beforeLoad: () => {
    if (keeper.read() === null) throw redirect({ to: "/display", replace: true });
  },
  component: lazyRouteComponent(() => import("./display-page.tsx"), "BoardPage"),
});

export const displayRoutes = [boards, board] as const;
