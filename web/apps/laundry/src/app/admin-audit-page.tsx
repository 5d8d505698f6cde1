import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { EVERYTHING } from "../features/audit/api.ts";
import { AuditExport } from "../features/audit/audit-export.tsx";
import { AuditList } from "../features/audit/audit-list.tsx";
import { AuditSearch } from "../features/audit/audit-search.tsx";
import { crewQuery } from "../features/staff/api.ts";
import { texts } from "../texts/admin/index.ts";
import { AdminFrame } from "./admin-frame.tsx";

export function AdminAuditPage() {
  const [search, setSearch] = useState(EVERYTHING);
  const { data: members = [] } = useQuery(crewQuery);
  const crew = new Map(members.map(({ id, display_name }) => [id, display_name]));
  return (
    <AdminFrame title={texts.audit.title} intro={texts.audit.intro} acts={<AuditExport search={search} />}>
      <div className="flex flex-col gap-5">
        <AuditSearch search={search} crew={crew} onSearch={setSearch} />
        <AuditList search={search} crew={crew} />
      </div>
    </AdminFrame>
  );
}
