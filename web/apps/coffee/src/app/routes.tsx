import { entrySearch, guardsOf } from "@livefloor/base/routes";
import { createRootRoute, createRoute, Outlet, redirect } from "@tanstack/react-router";

import { SignInForm } from "../features/session/sign-in.tsx";
import { keeper } from "../model/services.ts";
import { EntryLayout } from "./entry-layout.tsx";
import { CrashPage, NotFoundPage } from "./failure-page.tsx";
import { Shell } from "./shell.tsx";

export const { strangers, only } = guardsOf(keeper);

export const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: CrashPage });

export const entry = createRoute({
  getParentRoute: () => root,
  id: "entry",
  component: EntryLayout,
  validateSearch: entrySearch,
  beforeLoad: strangers,
});
export const signIn = createRoute({ getParentRoute: () => entry, path: "/login", component: SignInForm });

export const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  component: Shell,
  beforeLoad: ({ location }) => {
    if (keeper.read() !== null) return;
    throw redirect({ to: "/login", search: location.href === "/" ? {} : { to: location.publicHref }, replace: true });
  },
});

export const crew = only("admin", "organizer", "barista", "support");

export const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  beforeLoad: () => {
    const user = keeper.read()?.user;
    if (user?.role === "display") throw redirect({ to: "/display", replace: true });
    if (user?.role === "admin" || user?.role === "organizer") throw redirect({ to: "/dashboard", replace: true });
    if (user?.role === "support") throw redirect({ to: "/order", replace: true });
    if (user?.role === "barista" && user.station_id !== null) throw redirect({ to: "/station/$id", params: { id: String(user.station_id) }, replace: true });
    throw redirect({ to: "/stations", replace: true });
  },
});
