import type { StationPage } from "@livefloor/api/coffee";
import { buttonClass, EmptyState, Table } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import { texts } from "../../texts/settings/index.ts";
import { stateOf } from "./state.ts";

/** All stations and storerooms, as they stand. */
export function StationList({ stations }: { readonly stations: readonly StationPage[] }) {
  const { head, kinds, none, queue, people } = texts.stations;
  if (stations.length === 0) return <EmptyState>{none}</EmptyState>;
  return (
    <Table
      caption={texts.stations.title}
      rows={stations}
      rowKey={({ id }) => String(id)}
      columns={[
        {
          key: "name",
          head: head.name,
          cell: ({ id, name }) => (
            <b>
              {id} · {name}
            </b>
          ),
        },
        { key: "place", head: head.place, cell: ({ location, kind }) => (kind === "storage" ? [kinds.storage, location].filter(Boolean).join(", ") : location || texts.nothing) },
        { key: "state", head: head.state, cell: stateOf },
        { key: "people", head: head.people, cell: ({ kind, present }) => (kind === "storage" ? "" : present.length === 0 ? people : present.map(({ name }) => name).join(", ")) },
        { key: "queue", head: head.queue, align: "right", cell: ({ kind, queue_length, max_queue }) => (kind === "storage" ? "" : queue(queue_length, max_queue)) },
        {
          key: "act",
          head: "",
          align: "right",
          cell: ({ id, name }) => (
            <Link to="/settings/stations/$id" params={{ id: String(id) }} aria-label={texts.changeOf(name)} className={buttonClass("quiet")}>
              {texts.change}
            </Link>
          ),
        },
      ]}
    />
  );
}
