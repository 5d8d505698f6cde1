import type { OrderView, StationPage } from "@livefloor/api/coffee";
import { cx } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import type { Head, Stock } from "../../model/services.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/lead/index.ts";

const { stations: words } = texts.dashboard;

interface StationCardsProps {
  readonly heads: readonly Head[];
  readonly stations: readonly StationPage[];
  readonly orders: readonly OrderView[];
  readonly stock: readonly Stock[];
}

/** Each station that makes coffee: how long it takes, how much waits, who is there, what is out. */
export function StationCards({ heads, stations, orders, stock }: StationCardsProps) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
      {[...heads]
        .sort((one, other) => one.id - other.id)
        .map((head) => (
          <li key={head.id}>
            <StationCard
              head={head}
              people={stations.find(({ id }) => id === head.id)?.present ?? []}
              orders={orders.filter(({ station_id }) => station_id === head.id)}
              out={stock.filter(({ station_id, status, enabled }) => station_id === head.id && enabled && status === "out")}
            />
          </li>
        ))}
    </ul>
  );
}

interface StationCardProps {
  readonly head: Head;
  readonly people: StationPage["present"];
  readonly orders: readonly OrderView[];
  readonly out: readonly Stock[];
}

function StationCard({ head, people, orders, out }: StationCardProps) {
  const count = (status: OrderView["status"]): number => orders.filter((order) => order.status === status).length;
  const isOpen = head.status === "open";
  return (
    <Link
      to="/station/$id"
      params={{ id: String(head.id) }}
      className={cx("flex h-full flex-col gap-1 rounded-tile border bg-card p-4 shadow-card hover:border-edge", isOpen && people.length === 0 ? "border-danger" : "border-line")}
    >
      <span className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="text-xl font-bold">{head.name}</span>
        <span className={cx("font-semibold", isOpen ? "text-free" : "text-muted")}>{common.stations[head.status as "open"]}</span>
      </span>
      {head.connection === "lost" && <span className="font-bold text-danger">{common.stations.lost}</span>}
      {isOpen && <span className="text-2xl font-extrabold">{common.stations.wait(head.minutes)}</span>}
      <span className="text-sm text-muted">
        {[common.stations.queue(count("pending")), words.inHand(count("in_progress")), words.ready(count("completed"))].join(" · ")}
      </span>
      <span className={cx("text-sm font-semibold", isOpen && people.length === 0 && "text-danger")}>
        {people.length === 0 ? words.nobody : people.map(({ name, state }) => (state === "on_break" ? words.onBreak(name) : name)).join(", ")}
      </span>
      {out.length > 0 && <span className="text-sm font-semibold text-danger">{words.out(out.map(({ name }) => name).join(", "))}</span>}
    </Link>
  );
}
