import { useQuery, type InfiniteData } from "@tanstack/react-query";

import { useFrames } from "../../model/hooks.ts";
import { usePages, type Pages } from "../../model/loaded.tsx";
import { queries } from "../../model/services.ts";
import { loadActivities, type Activity, type ActivityFilter, type ActivityPage } from "./api.ts";
import { withNewest } from "./newest.ts";

/**
 * The feed, newest first, and new lines on top as they come.
 *
 * A frame only says that there is something new: which lines are public and match the filter the server knows.
 */
export function useFeed(filter: ActivityFilter): Pages<Activity> {
  const key = ["activities", filter.machine_type, filter.machine_id, filter.activity_type];
  const newestKey = ["newest", ...key];
  const pages = usePages<Activity>(key, (cursor) => loadActivities(filter, cursor));
  useQuery({
    queryKey: newestKey,
    enabled: pages.query.isSuccess,
    // The first load is new enough; pages that were left behind by an earlier visit are not.
    initialData: true,
    refetchOnMount: "always",
    queryFn: async () => {
      const newest = await loadActivities(filter, null);
      queries.setQueryData<InfiniteData<ActivityPage, string | null>>(key, (old) => old && withNewest(old, newest));
      return true;
    },
  });
  useFrames(["activity_logged"], () => void queries.invalidateQueries({ queryKey: newestKey }));
  return pages;
}
