import { seqOf } from "@livefloor/live";
import { useEffect } from "react";

import { live } from "./live.ts";
import { queue } from "./queue.ts";
import { keeper } from "./services.ts";

const HEARTBEAT_MS = 20_000;

/** The station whose page was opened on this tablet last: it stands there, whatever page is open now. A barista's is at the own one. */
let standing: number | null = null;

/** Say that this tablet is there: a station that is not heard of gets no new cups (rule 45). */
function beat(): void {
  const user = keeper.read()?.user;
  const station = standing === null ? null : user?.role === "barista" ? user.station_id : user?.role === "support" ? standing : null;
  if (station === null || live.status().line !== "live") return;
  const pending = queue.acts().filter(({ state }) => state === "waiting" || state === "sending").length;
  void live.say("heartbeat", { station_id: station, queue_seq: seqOf(live.lastId), pending_local: pending }).catch(() => undefined);
}

/** This tablet stands at a station: until another one is opened here, or somebody leaves who only looks after all of them. */
export function useStanding(station: number): void {
  const role = keeper.read()?.user.role;
  useEffect(() => {
    standing = station;
    beat();
    return () => {
      if (role !== "barista") standing = null;
    };
  }, [station, role]);
}

/** Beat as long as the crew's pages are open, and at once when the line is back. */
export function useHeartbeat(): void {
  useEffect(() => {
    let wasLive = false;
    const stop = live.subscribe(() => {
      const isLive = live.status().line === "live";
      if (isLive && !wasLive) beat();
      wasLive = isLive;
    });
    const timer = setInterval(beat, HEARTBEAT_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, []);
}
