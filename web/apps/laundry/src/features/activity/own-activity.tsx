import { useEffect } from "react";

import { useFrames, useViewer } from "../../model/hooks.ts";
import { Paged, usePages } from "../../model/loaded.tsx";
import { queries } from "../../model/services.ts";
import { texts } from "../../texts/student/index.ts";
import { ActivityList } from "./activity-list.tsx";
import { loadActivitiesOf, type Activity } from "./api.ts";

const KEY = ["activities", "mine"];
const refresh = (): void => void queries.invalidateQueries({ queryKey: KEY });

/** What this person did, and what happened to their loads and places. */
export function OwnActivity() {
  const { userId } = useViewer(60_000);
  const pages = usePages<Activity>(KEY, (cursor) => loadActivitiesOf(userId, cursor));
  useFrames(["activity_logged"], ({ data }) => {
    if ((data as Activity).user_id === userId) refresh();
  });
  // Nobody listened while the page was closed.
  useEffect(() => {
    if (queries.getQueryState(KEY)?.status === "success") refresh();
  }, []);
  return (
    <Paged pages={pages} empty={texts.profile.noActions}>
      {(items) => <ActivityList items={items} />}
    </Paged>
  );
}
