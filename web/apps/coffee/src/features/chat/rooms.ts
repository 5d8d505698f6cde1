import type { StationPage } from "@livefloor/api/coffee";

import { stationRoom, type Room } from "../../model/chat.ts";
import type { Session } from "../../model/services.ts";
import { texts } from "../../texts/crew/index.ts";

export interface NamedRoom {
  readonly room: Room;
  readonly name: string;
}

/** The rooms that somebody talks in: all, the organizers, and stations: the own one, or every one for whoever is at none. */
export function roomsOf(user: Session["user"], station: number | null, stations: readonly Pick<StationPage, "id" | "name" | "kind">[]): readonly NamedRoom[] {
  const near = stations.filter(({ id, kind }) => (user.role === "barista" || station !== null ? id === (station ?? user.station_id) : kind === "service"));
  return [{ room: "all", name: texts.chat.all }, ...near.map(({ id, name }) => ({ room: stationRoom(id), name: texts.chat.station(name) })), { room: "organizers", name: texts.chat.organizers }];
}
