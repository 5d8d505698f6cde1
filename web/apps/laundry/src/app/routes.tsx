import { entrySearch, guardsOf } from "@livefloor/base/routes";
import { createRootRoute, createRoute, Outlet, redirect } from "@tanstack/react-router";

import { NewPinForm } from "../features/session/new-pin.tsx";
import { RegisterForm } from "../features/session/register.tsx";
import { SignInForm } from "../features/session/sign-in.tsx";
import { StaffSignInForm } from "../features/session/staff-sign-in.tsx";
import { keeper } from "../model/services.ts";
import { EntryLayout } from "./entry-layout.tsx";
import { CrashPage, NotFoundPage } from "./failure-page.tsx";
import { Shell } from "./shell.tsx";

export const { strangers, only } = guardsOf(keeper);

export const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: CrashPage });

const entry = createRoute({
  getParentRoute: () => root,
  id: "entry",
  component: EntryLayout,
  validateSearch: entrySearch,
  beforeLoad: strangers,
});
const signIn = createRoute({ getParentRoute: () => entry, path: "/sign-in", component: SignInForm });
const register = createRoute({ getParentRoute: () => entry, path: "/register", component: RegisterForm });
const staff = createRoute({ getParentRoute: () => entry, path: "/staff", component: StaffSignInForm });
const newPin = createRoute({ getParentRoute: () => entry, path: "/new-pin", component: NewPinForm });

export const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  component: Shell,
  beforeLoad: ({ location }) => {
    if (keeper.read() !== null) return;
    throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { to: location.publicHref }, replace: true });
  },
});
export const entryRoutes = entry.addChildren([signIn, register, staff, newPin]);
