import { body } from "@livefloor/api";
import { Notice, useNow } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";

import { useFrames, useViewer } from "../../model/hooks.ts";
import { Photo } from "../../model/photo.tsx";
import { api, queries } from "../../model/services.ts";
import { whenText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";

const KEY = ["cycles", "closed"];
const SHOWN_MS = 24 * 60 * 60_000;
const LIMIT = 10;

function loadClosed(userId: string) {
  return body(api.http.GET("/api/v1/cycles/", { params: { query: { open: false, user_id: userId, limit: LIMIT } } }));
}

type Closed = Awaited<ReturnType<typeof loadClosed>>["items"][number];

/** Where somebody else has put this person's clothes, for a day. */
export function MovedLoads() {
  const { userId } = useViewer(60_000);
  const now = useNow(60_000);
  const { data } = useQuery({ queryKey: KEY, queryFn: () => loadClosed(userId), refetchOnMount: "always" });
  useFrames(["notification_received"], ({ data: told }) => {
    if ((told as { notification_type: string }).notification_type === "laundry_moved") void queries.invalidateQueries({ queryKey: KEY });
  });
  const moved = (data?.items ?? []).filter(({ close_reason, closed_at }) => {
    const isByOthers = close_reason === "moved" || close_reason === "staff_cleared" || close_reason === "empty";
    return isByOthers && closed_at !== null && now - Date.parse(closed_at) < SHOWN_MS;
  });
  if (moved.length === 0) return null;
  return (
    <ul className="mb-5 flex flex-col gap-3">
      {moved.map((cycle) => (
        <MovedLoad key={cycle.id} cycle={cycle} now={now} />
      ))}
    </ul>
  );
}

function MovedLoad({ cycle, now }: { readonly cycle: Closed; readonly now: number }) {
  const { machine_type, machine_id, moved_place, moved_photo_url, closed_at } = cycle;
  const name = texts.machine(machine_type, machine_id);
  const time = whenText(closed_at ?? now, now);
  return (
    <li className="flex flex-col gap-2">
      <Notice tone="held">
        <h2 className="text-base font-bold">{moved_place === null ? texts.mine.foundEmpty(name) : texts.mine.moved}</h2>
        {moved_place !== null && <p className="mt-1 text-base">{texts.mine.movedTo(name, moved_place)}</p>}
        <p className="mt-1 text-sm">{moved_place === null ? texts.mine.emptyAt(time) : texts.mine.movedAt(time)}</p>
      </Notice>
      {moved_photo_url !== null && <Photo path={moved_photo_url} alt={texts.photo.placeAlt(moved_place ?? name)} />}
    </li>
  );
}
