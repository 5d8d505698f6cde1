import type { StationPage } from "@livefloor/api/coffee";
import { timeText } from "@livefloor/base/times";

import { texts } from "../../texts/settings/index.ts";
import { texts as common } from "../../texts/index.ts";

/** Open or not, why and until when, and whether its tablet is heard. */
export function stateOf({ kind, status, status_reason, status_until, connection }: StationPage): string {
  if (kind === "storage") return "";
  const until = status_until === null ? [] : [texts.stations.until(timeText(status_until))];
  return [common.stations[status], ...(status_reason === null ? [] : [status_reason]), ...until, ...(connection === "lost" ? [common.stations.lost] : [])].join(" · ");
}
