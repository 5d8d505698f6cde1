import { Check, cx, Field, Notice, Select, useNow } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";

import { useSession } from "../../model/hooks.ts";
import { Paged, usePages } from "../../model/loaded.tsx";
import { queries } from "../../model/services.ts";
import { whenText } from "../../model/times.ts";
import { texts } from "../../texts/desk/index.ts";
import { findPeople, type Person, type Wanted } from "./api.ts";
import { useSettled } from "./settled.ts";

const { people } = texts;
const ROLES = ["student", "staff", "admin"] as const;
const STATUSES = ["active", "blocked", "deleted"] as const;

interface PeopleListProps {
  readonly wanted: Wanted;
  readonly onWant: (wanted: Wanted) => void;
}

/** Search for people by the beginning of their ID or a part of their name. */
export function PeopleList({ wanted, onWant }: PeopleListProps) {
  const [typed, setTyped] = useState(wanted.q ?? "");
  const q = useSettled(typed.trim());
  const isAdmin = useSession()?.user.role === "admin";
  const want = useEffectEvent((text: string) => {
    const { q: before, ...rest } = wanted;
    if (text !== (before ?? "")) onWant(text === "" ? rest : { ...rest, q: text });
  });
  useEffect(() => want(q), [q]);
  useEffect(() => () => void queries.invalidateQueries({ queryKey: ["people"], refetchType: "none" }), []);
  // One or two digits would be looked for in names only: that is not what is meant.
  const isTooShort = /^\d{1,2}$/.test(wanted.q ?? "");
  const pages = usePages(["people", wanted], (cursor) => findPeople(wanted, cursor), !isTooShort);
  return (
    <>
      <div role="search" className="mb-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Field label={people.search} hint={people.searchHint} type="search" autoComplete="off" maxLength={40} value={typed} onChange={(event) => setTyped(event.target.value)} />
        {isAdmin && <Filter label={people.role} any={people.anyRole} known={ROLES} names={people.roles} value={wanted.role} onChange={(role) => onWant(replaced(wanted, { role }))} />}
        <Filter label={people.status} any={people.anyStatus} known={STATUSES} names={people.statuses} value={wanted.status} onChange={(status) => onWant(replaced(wanted, { status }))} />
        <Check
          className="self-start sm:mt-6.5"
          label={people.locked}
          checked={wanted.locked === true}
          onChange={(event) => onWant(replaced(wanted, { locked: event.target.checked ? true : undefined }))}
        />
      </div>
      {isTooShort ? (
        <Notice tone="off">{people.moreDigits}</Notice>
      ) : (
        <Paged pages={pages} empty={people.empty}>
          {(items) => (
            <ul className="overflow-hidden rounded-3xl border border-line bg-card shadow-card">
              {items.map((person) => (
                <li key={person.id} className="border-b border-line last:border-b-0">
                  <PersonRow person={person} />
                </li>
              ))}
            </ul>
          )}
        </Paged>
      )}
    </>
  );
}

/** The wish with some parts replaced; what is undefined is no part of it. */
function replaced(wanted: Wanted, parts: { [Part in keyof Wanted]?: Wanted[Part] | undefined }): Wanted {
  return Object.fromEntries(Object.entries({ ...wanted, ...parts }).filter(([, value]) => value !== undefined));
}

interface FilterProps<Value extends string> {
  readonly label: string;
  readonly any: string;
  readonly known: readonly Value[];
  readonly names: Readonly<Record<Value, string>>;
  readonly value: Value | undefined;
  readonly onChange: (value: Value | undefined) => void;
}

function Filter<Value extends string>({ label, any, known, names, value, onChange }: FilterProps<Value>) {
  return (
    <Select label={label} value={value ?? ""} onChange={(event) => onChange(known.find((one) => one === event.target.value))}>
      <option value="">{any}</option>
      {known.map((one) => (
        <option key={one} value={one}>
          {names[one]}
        </option>
      ))}
    </Select>
  );
}

function PersonRow({ person }: { readonly person: Person }) {
  const now = useNow(60_000);
  const seen = person.last_seen_at === null ? people.neverSeen : people.lastSeen(whenText(person.last_seen_at, now));
  return (
    <Link to="/people/$id" params={{ id: person.id }} className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 hover:bg-off-soft">
      <span className="min-w-0 flex-1 basis-40">
        <span className="block truncate font-semibold">{person.display_name}</span>
        <span className="block text-sm text-muted">
          {person.student_id ?? people.noId} · {seen}
        </span>
      </span>
      <Badges person={person} now={now} />
    </Link>
  );
}

/** What is out of the ordinary about somebody, in words. */
export function Badges({ person, now }: { readonly person: Person; readonly now: number }) {
  const isSuspended = person.waitlist_suspended_until !== null && Date.parse(person.waitlist_suspended_until) > now;
  return (
    <span className="flex flex-wrap gap-1.5 empty:hidden">
      {person.role !== "student" && <Badge className="bg-brand-soft text-brand-strong">{people.roles[person.role]}</Badge>}
      {person.locked && <Badge className="bg-held-soft text-held">{people.badges.locked}</Badge>}
      {isSuspended && <Badge className="bg-done-soft text-done">{people.badges.suspended}</Badge>}
      {person.status !== "active" && <Badge className="bg-danger-soft text-danger">{people.statuses[person.status]}</Badge>}
    </span>
  );
}

function Badge({ className, children }: { readonly className: string; readonly children: ReactNode }) {
  return <span className={cx("rounded-md px-1.5 py-0.5 text-xs font-bold", className)}>{children}</span>;
}
