import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { only, signedIn } from "./routes.tsx";

const shared = { getParentRoute: () => signedIn, beforeLoad: only("admin", "organizer", "support") } as const;
const groups = createRoute({ ...shared, path: "/group", component: lazyRouteComponent(() => import("./group-page.tsx"), "GroupsPage") });
const group = createRoute({ ...shared, path: "/group/$code", component: lazyRouteComponent(() => import("./group-page.tsx"), "GroupPage") });

export const groupRoutes = [groups, group] as const;
