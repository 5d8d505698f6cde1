import { mount } from "@livefloor/base";
import { createRouter } from "@tanstack/react-router";

import { crewRoutes } from "./crew-routes.tsx";
import { displayRoutes } from "./display-routes.tsx";
import { entry, home, root, signedIn, signIn } from "./routes.tsx";

const routeTree = root.addChildren([entry.addChildren([signIn]), signedIn.addChildren([home, ...crewRoutes]), ...displayRoutes]);

export const router = createRouter({ routeTree, basepath: mount, scrollRestoration: true });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
