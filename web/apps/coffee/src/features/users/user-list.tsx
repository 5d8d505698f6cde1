import type { StationPage, UserView } from "@livefloor/api/coffee";
import { whenText } from "@livefloor/base/times";
import { Button, Check, EmptyState, Field, Select, Table, useNow, type Column } from "@livefloor/ui";

import { useUser } from "../../model/hooks.ts";
import { texts } from "../../texts/lead/index.ts";
import { fits, rolesFor, type UserFilter } from "./api.ts";

const { users: words } = texts;
const ROLES = ["barista", "support", "organizer", "admin", "display"] as const;
const STATES = ["active", "inactive", "all"] as const;

export const EVERYBODY: UserFilter = { q: "", role: "", active: "active", present: false };

export function UserSearch({ filter, onFilter }: { readonly filter: UserFilter; readonly onFilter: (filter: UserFilter) => void }) {
  const set = (change: Partial<UserFilter>): void => onFilter({ ...filter, ...change });
  return (
    <div role="search" className="mb-4 grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-4">
      <Field label={words.search} type="search" autoComplete="off" maxLength={80} value={filter.q} onChange={(event) => set({ q: event.target.value })} />
      <Select label={words.role} value={filter.role} onChange={(event) => set({ role: ROLES.find((role) => role === event.target.value) ?? "" })}>
        <option value="">{words.anyRole}</option>
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {words.roles[role]}
          </option>
        ))}
      </Select>
      <Select label={words.state} value={filter.active} onChange={(event) => set({ active: STATES.find((state) => state === event.target.value) ?? "active" })}>
        {STATES.map((state) => (
          <option key={state} value={state}>
            {words.states[state]}
          </option>
        ))}
      </Select>
      <Check label={words.present} checked={filter.present} onChange={(event) => set({ present: event.target.checked })} />
    </div>
  );
}

interface UserListProps {
  readonly users: readonly UserView[];
  readonly filter: UserFilter;
  readonly stations: readonly StationPage[];
  readonly onOpen: (user: UserView) => void;
}

/** The crew that fits, by name. */
export function UserList({ users, filter, stations, onOpen }: UserListProps) {
  const me = useUser();
  const now = useNow(60_000);
  const mine = rolesFor(me?.role);
  const columns: readonly Column<UserView>[] = [
    {
      key: "name",
      head: words.head.name,
      cell: ({ id, display_name, username }) => (
        <>
          <b>{display_name}</b>
          {id === me?.id && <span className="ml-2 rounded-md bg-brand-soft px-1.5 font-bold text-brand-strong">{words.you}</span>}
          <span className="block text-muted">{username}</span>
        </>
      ),
    },
    { key: "role", head: words.head.role, cell: ({ role }) => words.roles[role] },
    { key: "station", head: words.head.station, cell: ({ station_id }) => stations.find(({ id }) => id === station_id)?.name ?? words.noStation },
    { key: "state", head: words.head.state, cell: (user) => <State user={user} /> },
    { key: "seen", head: words.head.seen, cell: ({ last_seen_at }) => (last_seen_at === null ? words.never : whenText(last_seen_at, now)) },
    {
      key: "acts",
      head: words.head.acts,
      align: "right",
      cell: (user) =>
        mine.includes(user.role) || user.id === me?.id ? (
          <Button look="quiet" aria-label={words.changeOf(user.display_name)} onClick={() => onOpen(user)}>
            {words.change}
          </Button>
        ) : null,
    },
  ];
  const found = users.filter((user) => fits(user, filter));
  return found.length === 0 ? <EmptyState>{words.none}</EmptyState> : <Table caption={words.title} columns={columns} rows={found} rowKey={({ id }) => id} />;
}

function State({ user: { active, checked_in, password_is_one_time } }: { readonly user: UserView }) {
  if (!active) return <span className="font-semibold text-danger">{words.off}</span>;
  return (
    <>
      <span className={checked_in ? "font-semibold text-free" : "text-muted"}>{checked_in ? words.checkedIn : words.notIn}</span>
      {password_is_one_time && <span className="block text-held">{words.once}</span>}
    </>
  );
}
