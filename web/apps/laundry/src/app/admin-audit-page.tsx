import { LogSearch, WHOLE_LOG } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { AuditExport, AuditLines } from "../features/audit/audit.ts";
import { crewQuery } from "../features/staff/api.ts";
import { texts } from "../texts/admin/index.ts";
import { AdminFrame } from "./admin-frame.tsx";

const FAMILIES = ["activity", "backup", "category", "delivery", "fault", "guard", "machine", "notification", "profile", "roster", "session", "settings", "user", "waitlist"];
const ROLES = ["student", "staff", "admin", "public", "system"] as const;

export function AdminAuditPage() {
  const [search, setSearch] = useState(WHOLE_LOG);
  const { data: members = [] } = useQuery(crewQuery);
  const crew = members.map(({ id, display_name }) => [id, display_name] as const);
  const { audit } = texts;
  return (
    <AdminFrame title={audit.title} intro={audit.intro} acts={<AuditExport filter={search} />}>
      <div className="flex flex-col gap-5">
        <LogSearch filter={search} words={audit} names={FAMILIES} actors={[...ROLES.map((role) => [role, audit.roles[role]] as const), ...crew]} onSearch={setSearch} />
        <AuditLines filter={search} names={new Map(crew)} />
      </div>
    </AdminFrame>
  );
}
