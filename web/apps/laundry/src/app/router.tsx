import { createRootRoute, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";

import { NewPinForm } from "../features/session/new-pin.tsx";
import { RegisterForm } from "../features/session/register.tsx";
import { SignInForm } from "../features/session/sign-in.tsx";
import { StaffSignInForm } from "../features/session/staff-sign-in.tsx";
import { mount } from "../model/mount.ts";
import { keeper } from "../model/services.ts";
import { EntryLayout } from "./entry-layout.tsx";
import { CrashPage, NotFoundPage } from "./failure-page.tsx";
import { MachineRoute } from "./machine-route.tsx";
import { MinePage } from "./mine-page.tsx";
import { NotificationsPage } from "./notifications-page.tsx";
import { RoomPage } from "./room-page.tsx";
import { Shell } from "./shell.tsx";

interface EntrySearch {
  /** Where the person wanted to go, inside the mount. */
  to?: string;
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: CrashPage });

const entry = createRoute({
  getParentRoute: () => root,
  id: "entry",
  component: EntryLayout,
  // Only a path of our own: an address in the link must not lead a fresh session elsewhere.
  validateSearch: ({ to }: Record<string, unknown>): EntrySearch => (typeof to === "string" && /^\/(?![/\\])/.test(to) ? { to } : {}),
  beforeLoad: ({ search }) => {
    if (keeper.read() !== null) throw redirect({ to: search.to ?? "/", replace: true });
  },
});
const signIn = createRoute({ getParentRoute: () => entry, path: "/sign-in", component: SignInForm });
const register = createRoute({ getParentRoute: () => entry, path: "/register", component: RegisterForm });
const staff = createRoute({ getParentRoute: () => entry, path: "/staff", component: StaffSignInForm });
const newPin = createRoute({ getParentRoute: () => entry, path: "/new-pin", component: NewPinForm });

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  component: Shell,
  beforeLoad: ({ location }) => {
    if (keeper.read() !== null) return;
    throw redirect({ to: "/sign-in", search: location.pathname === "/" ? {} : { to: location.pathname }, replace: true });
  },
});
const room = createRoute({ getParentRoute: () => signedIn, id: "room", component: RoomPage });
const home = createRoute({ getParentRoute: () => room, path: "/" });
const machine = createRoute({ getParentRoute: () => room, path: "/m/$type/$number", component: MachineRoute });
const mine = createRoute({ getParentRoute: () => signedIn, path: "/mine", component: MinePage });
const notifications = createRoute({ getParentRoute: () => signedIn, path: "/notifications", component: NotificationsPage });

export const router = createRouter({
  routeTree: root.addChildren([
    entry.addChildren([signIn, register, staff, newPin]),
    signedIn.addChildren([room.addChildren([home, machine]), mine, notifications]),
  ]),
  basepath: mount,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
