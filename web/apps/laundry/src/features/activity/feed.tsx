import type { MachineType } from "@livefloor/api/laundry";
import { Notice, Select } from "@livefloor/ui";
import { useEffect, useEffectEvent, useRef, useState } from "react";

import { useMachines, useViewer } from "../../model/hooks.ts";
import { Paged } from "../../model/loaded.tsx";
import { TYPES } from "../../model/loading.ts";
import { machineKey } from "../../model/machines.ts";
import { texts as shared } from "../../texts/index.ts";
import { texts } from "../../texts/student/index.ts";
import { ActivityList } from "./activity-list.tsx";
import type { ActivityFilter, ActivityType } from "./api.ts";
import { useFeed } from "./use-feed.ts";

const PUBLIC: readonly ActivityType[] = [
  "machine_started",
  "machine_extended",
  "machine_completed",
  "machine_ended",
  "machine_cancelled",
  "laundry_collected",
  "laundry_moved",
  "status_reported",
  "machine_disabled",
  "machine_enabled",
  "joined_waitlist",
  "left_waitlist",
  "waitlist_called",
  "waitlist_fulfilled",
  "fault_reported",
  "fault_resolved",
];
const ALL: ActivityFilter = { activity_type: null, machine_type: null, machine_id: null };

/** What happens in the room: chosen by machine and kind, older lines as one scrolls. */
export function Feed() {
  const [filter, setFilter] = useState(ALL);
  const pages = useFeed(filter);
  const { offline } = useViewer(60_000);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages.query;
  const isFiltered = filter.machine_type !== null || filter.activity_type !== null;
  return (
    <>
      <Filters filter={filter} onChange={setFilter} />
      {offline && (
        <div className="mb-4">
          <Notice tone="off">{texts.activity.offline}</Notice>
        </div>
      )}
      <Paged pages={pages} empty={isFiltered ? texts.activity.emptyFiltered : texts.activity.empty}>
        {(items) => <ActivityList items={items} />}
      </Paged>
      {hasNextPage && !isFetchingNextPage && !isFetchNextPageError && <NearEnd onSeen={() => void fetchNextPage()} />}
    </>
  );
}

/** Calls when the end of the list comes near the screen. */
function NearEnd({ onSeen }: { readonly onSeen: () => void }) {
  const mark = useRef<HTMLDivElement>(null);
  const tell = useEffectEvent(onSeen);
  useEffect(() => {
    if (mark.current === null) return;
    const observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && tell(), { rootMargin: "0px 0px 200px" });
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, []);
  return <div ref={mark} aria-hidden="true" className="h-px" />;
}

function Filters({ filter, onChange }: { readonly filter: ActivityFilter; readonly onChange: (filter: ActivityFilter) => void }) {
  const machines = useMachines();
  const { activity } = texts;
  const place = filter.machine_type === null ? "" : `${filter.machine_type}-${filter.machine_id ?? ""}`;
  const setPlace = (next: string): void => {
    const [type = "", number = ""] = next.split("-");
    onChange({ ...filter, machine_type: type === "" ? null : (type as MachineType), machine_id: number === "" ? null : Number(number) });
  };
  return (
    <div className="mb-5 grid gap-3 min-[26rem]:grid-cols-2">
      <Select label={activity.machine} value={place} onChange={(event) => setPlace(event.target.value)}>
        <option value="">{activity.allMachines}</option>
        {TYPES.map((type) => (
          <optgroup key={type} label={shared.kinds[type].Many}>
            <option value={`${type}-`}>{activity.allOf[type]}</option>
            {machines
              .filter(({ machine_type }) => machine_type === type)
              .sort((a, b) => a.machine_id - b.machine_id)
              .map((machine) => (
                <option key={machine.id} value={machineKey(machine)}>
                  {shared.machine(type, machine.machine_id)}
                </option>
              ))}
          </optgroup>
        ))}
      </Select>
      <Select label={activity.kind} value={filter.activity_type ?? ""} onChange={(event) => onChange({ ...filter, activity_type: (event.target.value || null) as ActivityType | null })}>
        <option value="">{activity.allKinds}</option>
        {PUBLIC.map((type) => (
          <option key={type} value={type}>
            {activity.kinds[type]}
          </option>
        ))}
      </Select>
    </div>
  );
}
