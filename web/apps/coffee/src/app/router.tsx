import { mount } from "@livefloor/base";
import { createRouter } from "@tanstack/react-router";

import { crewRoutes } from "./crew-routes.tsx";
import { displayRoutes } from "./display-routes.tsx";
import { groupRoutes } from "./group-routes.tsx";
import { leadRoutes } from "./lead-routes.tsx";
import { entry, home, root, signedIn, signIn } from "./routes.tsx";
import { scheduleRoutes } from "./schedule-routes.tsx";
import { settingsRoutes } from "./settings-routes.tsx";
import { talkRoutes } from "./talk-routes.tsx";

const routeTree = root.addChildren([
  entry.addChildren([signIn]),
  signedIn.addChildren([home, ...crewRoutes, ...groupRoutes, ...leadRoutes, ...settingsRoutes, ...scheduleRoutes, ...talkRoutes]),
  ...displayRoutes,
]);

export const router = createRouter({ routeTree, basepath: mount, scrollRestoration: true });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
