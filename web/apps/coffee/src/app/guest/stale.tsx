import { Problem } from "@livefloor/api";
import { timeText } from "@livefloor/base/times";
import { Notice, useNow } from "@livefloor/ui";

import { texts } from "../../texts/guest/index.ts";

const BUSY_MS = 120_000;

interface Asked {
  readonly data: unknown;
  readonly error: Error | null;
  readonly failureReason: Error | null;
  readonly dataUpdatedAt: number;
}

/** Why what is shown is not what the server would say now. */
export function staleness({ data, error, failureReason }: Asked): Error | null {
  return data === undefined ? null : (error ?? failureReason);
}

/** That what is shown is the last that came, and how old it is. */
export function Stale({ query }: { readonly query: Asked }) {
  const now = useNow(10_000);
  const why = staleness(query);
  const age = Math.max(0, now - query.dataUpdatedAt);
  // Where many share an address, some are asked to wait: that is no news while it is short.
  if (why === null || (why instanceof Problem && why.status === 429 && age < BUSY_MS)) return null;
  return (
    <Notice tone="off" role="status">
      {why instanceof Problem && why.isOffline && `${texts.noConnection} `}
      {texts.stale(timeText(query.dataUpdatedAt), Math.floor(age / 60_000))}
    </Notice>
  );
}
