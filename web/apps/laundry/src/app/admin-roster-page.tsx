import { Notice } from "@livefloor/ui";

import { AddToRoster } from "../features/roster/add-to-roster.tsx";
import { RosterList } from "../features/roster/roster-list.tsx";
import { useMeta } from "../model/hooks.ts";
import { texts } from "../texts/admin/index.ts";
import { AdminFrame } from "./admin-frame.tsx";

export function AdminRosterPage() {
  const { data: meta } = useMeta();
  const { roster } = texts;
  return (
    <AdminFrame title={roster.title} intro={roster.intro}>
      {meta !== undefined && <Notice tone={meta.registration_mode === "roster" ? "free" : "off"}>{roster.used[meta.registration_mode === "roster" ? "roster" : "other"]}</Notice>}
      <div className="mt-5 grid items-start gap-8 lg:grid-cols-2">
        <AddToRoster />
        <RosterList />
      </div>
    </AdminFrame>
  );
}
