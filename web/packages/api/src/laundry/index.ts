import type { paths } from "./schema.d.ts";

export type { paths };

/** The JSON that a route answers with. Taken from the route, so that the names of the schemas do not matter. */
type Answer<Path extends keyof paths, Method extends keyof paths[Path], Status extends number> = paths[Path][Method] extends {
  responses: Record<Status, { content: { "application/json": infer Json } }>;
}
  ? Json
  : never;

export type Meta = Answer<"/api/v1/meta", "get", 200>;
export type Board = Answer<"/api/v1/machines/", "get", 200>;
export type Machine = Board["washers"][number];
export type MachineType = Machine["machine_type"];
export type Waitlist = Answer<"/api/v1/waitlist/{machine_type}", "get", 200>;
export type Entry = Waitlist["items"][number];
export type Notifications = Answer<"/api/v1/notifications/", "get", 200>;
export type Notification = Notifications["items"][number];
export type SignedIn = Answer<"/api/v1/auth/login", "post", 200>;
export type User = SignedIn["user"];
