import { Button } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { AddMember } from "../features/staff/add-member.tsx";
import { crewQuery } from "../features/staff/api.ts";
import { MemberSheet } from "../features/staff/member-sheet.tsx";
import { StaffTable } from "../features/staff/staff-table.tsx";
import { Loaded } from "../model/loaded.tsx";
import { texts } from "../texts/admin/index.ts";
import { AdminFrame } from "./admin-frame.tsx";

export function AdminStaffPage() {
  const query = useQuery(crewQuery);
  const navigate = useNavigate();
  const [openId, setOpenId] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const open = query.data?.find(({ id }) => id === openId);
  const { staff } = texts;
  return (
    <AdminFrame title={staff.title} intro={staff.intro} acts={<Button onClick={() => setAdding(true)}>{staff.add}</Button>}>
      <Loaded query={query}>{(crew) => <StaffTable crew={crew} onChange={({ id }) => setOpenId(id)} />}</Loaded>
      {open !== undefined && <MemberSheet member={open} onClose={() => setOpenId(null)} onOwnRole={() => void navigate({ to: "/", replace: true })} />}
      {isAdding && <AddMember onClose={() => setAdding(false)} />}
    </AdminFrame>
  );
}
