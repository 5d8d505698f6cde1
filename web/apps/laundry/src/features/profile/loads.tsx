import { Notice, useNow } from "@livefloor/ui";
import { useEffect } from "react";

import { useFrames, useViewer } from "../../model/hooks.ts";
import { Paged, usePages } from "../../model/loaded.tsx";
import { Photo } from "../../model/photo.tsx";
import { queries } from "../../model/services.ts";
import { timeText, whenText } from "../../model/times.ts";
import { texts as shared } from "../../texts/index.ts";
import { texts } from "../../texts/student/index.ts";
import { CYCLES_KEY, loadCycles, type Cycle } from "./api.ts";

const { profile: words } = texts;
const refresh = (): void => void queries.invalidateQueries({ queryKey: CYCLES_KEY });

/** What this person washed and dried, the newest first. */
export function OwnLoads() {
  const { userId } = useViewer(60_000);
  const pages = usePages<Cycle>(CYCLES_KEY, (cursor) => loadCycles(cursor, userId));
  useFrames(["activity_logged"], ({ data }) => {
    if ((data as { user_id: string | null }).user_id === userId) refresh();
  });
  // Nobody listened while the page was closed.
  useEffect(() => {
    if (queries.getQueryState(CYCLES_KEY)?.status === "success") refresh();
  }, []);
  return (
    <Paged pages={pages} empty={words.noLoads}>
      {(items) => (
        <ul className="divide-y divide-line rounded-2xl border border-line bg-card">
          {items.map((cycle) => (
            <LoadRow key={cycle.id} cycle={cycle} />
          ))}
        </ul>
      )}
    </Paged>
  );
}

function LoadRow({ cycle }: { readonly cycle: Cycle }) {
  const now = useNow(60_000);
  const end = cycle.close_reason ?? (cycle.completed_at === null ? "running" : "waiting");
  return (
    <li className="px-4 py-3 text-sm">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-semibold">{shared.machine(cycle.machine_type, cycle.machine_id)}</span>
        <span className="text-muted">{words.load(cycle.minutes)}</span>
        <time dateTime={cycle.started_at} className="ml-auto text-xs text-muted">
          {whenText(cycle.started_at, now)}–{timeText(cycle.completed_at ?? cycle.closed_at ?? cycle.ends_at)}
        </time>
      </p>
      <p className="text-muted">{words.ended[end]}</p>
      {cycle.moved_place !== null && (
        <div className="mt-2 flex flex-col gap-2">
          <Notice tone="held">{words.movedTo(cycle.moved_place)}</Notice>
          {cycle.moved_photo_url !== null && <Photo path={cycle.moved_photo_url} alt={shared.photo.placeAlt(cycle.moved_place)} />}
        </div>
      )}
    </li>
  );
}
