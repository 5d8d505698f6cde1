import { EmptyState } from "@livefloor/ui";

import { useList, useViewer } from "../../model/hooks.ts";
import { texts } from "../../texts/index.ts";
import { ListPanel } from "./list-panel.tsx";

/** The lists that this person stands in. */
export function MyPlaces() {
  const { userId } = useViewer(60_000);
  const washers = useList("washer");
  const dryers = useList("dryer");
  const lists = [washers, dryers].flatMap((list) => (list?.items.some(({ user_id }) => user_id === userId) === true ? [list] : []));
  if (lists.length === 0) return <EmptyState>{texts.mine.noPlaces}</EmptyState>;
  return lists.map((list) => <ListPanel key={list.machine_type} type={list.machine_type} />);
}
