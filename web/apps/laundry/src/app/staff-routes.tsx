import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { only, signedIn } from "./routes.tsx";

const MACHINE = /^(washer|dryer)-\d{1,4}$/;
const guard = only("staff", "admin");

interface DeskSearch {
  /** The machine whose sheet is open, as `washer-3`. */
  machine?: string;
}

interface FaultsSearch extends DeskSearch {
  status?: "resolved" | "dismissed" | "all";
}

interface PeopleSearch {
  q?: string;
  role?: "student" | "staff" | "admin";
  status?: "active" | "blocked" | "deleted";
  locked?: true;
}

type Asked = Record<string, unknown>;

/** The value, when it is one of these. */
function among<Value extends string>(value: unknown, ...known: readonly Value[]): Value | undefined {
  return known.find((one) => one === value);
}

const machineSearch = ({ machine }: Asked): DeskSearch => (typeof machine === "string" && MACHINE.test(machine) ? { machine } : {});

const desk = createRoute({
  getParentRoute: () => signedIn,
  path: "/desk",
  beforeLoad: guard,
  validateSearch: machineSearch,
  component: lazyRouteComponent(() => import("./desk-page.tsx"), "DeskPage"),
});

const faults = createRoute({
  getParentRoute: () => signedIn,
  path: "/faults",
  beforeLoad: guard,
  validateSearch: (asked: Asked): FaultsSearch => {
    const status = among(asked.status, "resolved", "dismissed", "all");
    return { ...machineSearch(asked), ...(status === undefined ? {} : { status }) };
  },
  component: lazyRouteComponent(() => import("./faults-page.tsx"), "FaultsPage"),
});

const people = createRoute({
  getParentRoute: () => signedIn,
  path: "/people",
  beforeLoad: guard,
  validateSearch: (asked: Asked): PeopleSearch => {
    const role = among(asked.role, "student", "staff", "admin");
    const status = among(asked.status, "active", "blocked", "deleted");
    // The router reads digits as a number.
    const q = typeof asked.q === "string" || typeof asked.q === "number" ? String(asked.q).slice(0, 40) : "";
    return {
      ...(q === "" ? {} : { q }),
      ...(role === undefined ? {} : { role }),
      ...(status === undefined ? {} : { status }),
      ...(asked.locked === true ? { locked: true } : {}),
    };
  },
  component: lazyRouteComponent(() => import("./people-page.tsx"), "PeoplePage"),
});

const person = createRoute({
  getParentRoute: () => signedIn,
  path: "/people/$id",
  beforeLoad: guard,
  component: lazyRouteComponent(() => import("./person-page.tsx"), "PersonPage"),
});

const insights = createRoute({
  getParentRoute: () => signedIn,
  path: "/insights",
  beforeLoad: guard,
  component: lazyRouteComponent(() => import("./insights-page.tsx"), "InsightsPage"),
});

/** The staff's pages: loaded when somebody of the staff comes. */
export const staffRoutes = [desk, faults, people, person, insights] as const;
