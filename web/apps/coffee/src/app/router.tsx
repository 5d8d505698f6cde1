import { mount } from "@livefloor/base";
import { createRouter } from "@tanstack/react-router";

import { routeTree } from "./routes.tsx";

export const router = createRouter({ routeTree, basepath: mount, scrollRestoration: true });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
