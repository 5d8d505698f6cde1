import { createRootRoute, createRoute, Outlet, redirect } from "@tanstack/react-router";

import { NewPinForm } from "../features/session/new-pin.tsx";
import { RegisterForm } from "../features/session/register.tsx";
import { SignInForm } from "../features/session/sign-in.tsx";
import { StaffSignInForm } from "../features/session/staff-sign-in.tsx";
import { keeper, type Session } from "../model/services.ts";
import { EntryLayout } from "./entry-layout.tsx";
import { CrashPage, NotFoundPage } from "./failure-page.tsx";
import { Shell } from "./shell.tsx";

type Role = Session["user"]["role"];

interface EntrySearch {
  /** Where the person wanted to go, with what was asked for there. */
  to?: string;
}

export const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: CrashPage });

const entry = createRoute({
  getParentRoute: () => root,
  id: "entry",
  component: EntryLayout,
  // Only a path of our own: an address in the link must not lead a fresh session elsewhere.
  validateSearch: ({ to }: Record<string, unknown>): EntrySearch => (typeof to === "string" && /^\/(?![/\\])/.test(to) ? { to } : {}),
  beforeLoad: ({ search }) => {
    if (keeper.read() === null) return;
    // The address goes before the path: it has its search with it.
    throw redirect({ to: "/", ...(search.to === undefined ? {} : { href: search.to }), replace: true });
  },
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

/** Leads people without one of these roles back to their first page. */
export function only(...roles: readonly Role[]): () => void {
  return () => {
    const role = keeper.read()?.user.role;
    if (role !== undefined && !roles.includes(role)) throw redirect({ to: "/", replace: true });
  };
}
