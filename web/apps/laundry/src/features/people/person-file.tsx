import { Button, EmptyState, toast, useNow } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { useAct, useViewer } from "../../model/hooks.ts";
import { Loaded } from "../../model/loaded.tsx";
import { dateText, timeText, whenText } from "../../model/times.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { AccessPanel } from "./access-panel.tsx";
import { getPerson, liftSuspension, type PersonFile as File } from "./api.ts";
import { BlockPanel } from "./block-panel.tsx";
import { Panel, Refused } from "./panel.tsx";
import { Badges } from "./people-list.tsx";

const { people } = texts;

/** All that the desk knows of one person, and may do for them. */
export function PersonFile({ id }: { readonly id: string }) {
  // Kept only while it is shown: it holds what others may not see.
  const query = useQuery({ queryKey: ["person", id], queryFn: () => getPerson(id), gcTime: 0 });
  return <Loaded query={query}>{(person) => <Shown person={person} />}</Loaded>;
}

function Shown({ person }: { readonly person: File }) {
  const now = useNow(60_000);
  const isDeleted = person.status === "deleted";
  const isStudent = person.role === "student";
  return (
    <>
      <header className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 text-2xl font-bold wrap-anywhere">{person.display_name}</h1>
        <Badges person={person} now={now} />
      </header>
      <dl className="mb-5 grid grid-cols-2 gap-x-6 gap-y-3 text-sm md:flex md:flex-wrap">
        <Fact name={people.person.id} value={person.student_id ?? people.noId} />
        {isStudent && <Fact name={people.person.phone} value={person.phone_number ?? people.person.noPhone} />}
        <Fact name={people.person.since} value={dateText(person.created_at)} />
        <Fact name={people.person.seen} value={person.last_seen_at === null ? people.neverSeen : whenText(person.last_seen_at, now)} />
      </dl>
      <div className="grid items-start gap-4 md:grid-cols-2">
        {!isDeleted && <AccessPanel person={person} />}
        {isStudent && person.status === "active" && <ListsPanel person={person} now={now} />}
        {isStudent && <LoadsPanel person={person} now={now} />}
        <BlockPanel person={person} />
        <ActivitiesPanel person={person} now={now} />
      </div>
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt className="text-muted">{name}</dt>
      <dd className="font-semibold wrap-anywhere">{value}</dd>
    </div>
  );
}

interface PartProps {
  readonly person: File;
  readonly now: number;
}

function ListsPanel({ person, now }: PartProps) {
  const { lists } = people;
  const { offline } = useViewer(60_000);
  const lift = useAct(liftSuspension, () => toast(lists.lifted, "good"));
  const until = person.waitlist_suspended_until;
  const isSuspended = until !== null && Date.parse(until) > now;
  return (
    <Panel title={lists.title}>
      <p>{isSuspended ? lists.suspended(whenText(until, now)) : lists.free}</p>
      <p className="text-sm text-muted">{lists.missed(person.no_shows_7d)}</p>
      <Refused error={lift.error} />
      {isSuspended && (
        <Button className="self-start" disabled={offline} busy={lift.isPending && lists.lifting} onClick={() => lift.mutate(person.id)}>
          {lists.lift}
        </Button>
      )}
      {person.entries.length === 0 ? (
        <EmptyState>{lists.none}</EmptyState>
      ) : (
        <ul className="divide-y divide-line text-sm">
          {person.entries.map((entry) => (
            <li key={entry.id} className="py-2">
              {entryText(entry)}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function entryText({ machine_type, machine_id, claim_expires_at, position }: File["entries"][number]): string {
  const list = shared.list.title(machine_type);
  if (machine_id !== null && claim_expires_at !== null) return people.lists.called(list, shared.machine(machine_type, machine_id), timeText(claim_expires_at));
  return position === null ? people.lists.waiting(list) : people.lists.place(list, position);
}

function LoadsPanel({ person, now }: PartProps) {
  const { loads } = people;
  return (
    <Panel title={loads.title}>
      {person.open_cycles.length === 0 ? (
        <EmptyState>{loads.none}</EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {person.open_cycles.map(({ id, machine_type, machine_id, completed_at, ends_at }) => (
            <li key={id}>
              <Link to="/desk" search={{ machine: `${machine_type}-${machine_id}` }} className="flex min-h-12 flex-wrap items-center gap-x-2">
                <span className="font-semibold text-brand-strong underline underline-offset-2">{shared.machine(machine_type, machine_id)}</span>
                <span className="text-sm text-muted">{completed_at === null ? loads.running(timeText(ends_at)) : loads.done(whenText(completed_at, now))}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ActivitiesPanel({ person, now }: PartProps) {
  const { activities, kinds } = people;
  return (
    <Panel title={activities.title}>
      {person.activities.length === 0 ? (
        <EmptyState>{activities.none}</EmptyState>
      ) : (
        <ul className="divide-y divide-line text-sm">
          {person.activities.map(({ id, activity_type, machine_type, machine_id, created_at }) => (
            <li key={id} className="flex items-baseline justify-between gap-3 py-2">
              <span>
                {kinds[activity_type]}
                {machine_type !== null && machine_id !== null && <span className="text-muted"> · {shared.machine(machine_type, machine_id)}</span>}
              </span>
              <time dateTime={created_at} className="shrink-0 text-muted">
                {whenText(created_at, now)}
              </time>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
