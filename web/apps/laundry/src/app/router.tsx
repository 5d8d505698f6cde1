import { createRouter } from "@tanstack/react-router";

import { mount } from "../model/mount.ts";
import { adminRoutes } from "./admin-routes.tsx";
import { entryRoutes, root, signedIn } from "./routes.tsx";
import { staffRoutes } from "./staff-routes.tsx";
import { studentRoutes } from "./student-routes.tsx";

export const router = createRouter({
  routeTree: root.addChildren([entryRoutes, signedIn.addChildren([...studentRoutes, ...staffRoutes, ...adminRoutes])]),
  basepath: mount,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
