import { Button, EmptyState, Table, useNow } from "@livefloor/ui";

import { useSession } from "../../model/hooks.ts";
import { whenText } from "../../model/times.ts";
import { texts } from "../../texts/admin/index.ts";
import type { Member } from "./api.ts";

interface StaffTableProps {
  readonly crew: readonly Member[];
  readonly onChange: (member: Member) => void;
}

/** Who works here, and as what. */
export function StaffTable({ crew, onChange }: StaffTableProps) {
  const now = useNow(60_000);
  const ownId = useSession()?.user.id;
  const { staff } = texts;
  if (crew.length === 0) return <EmptyState>{staff.empty}</EmptyState>;
  return (
    <Table
      caption={staff.title}
      rows={crew}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "name",
          head: staff.head.name,
          cell: ({ id, display_name }) => (
            <>
              <span className="font-semibold">{display_name}</span>
              {id === ownId && <span className="ml-2 rounded-md bg-brand-soft px-1.5 text-xs font-bold text-brand-strong">{staff.you}</span>}
            </>
          ),
        },
        { key: "id", head: staff.head.id, cell: ({ student_id }) => student_id ?? texts.none },
        { key: "role", head: staff.head.role, cell: ({ role }) => staff.roles[role] },
        { key: "state", head: staff.head.state, cell: ({ status }) => <span className={status === "active" ? "" : "font-semibold text-danger"}>{staff.states[status]}</span> },
        { key: "seen", head: staff.head.seen, cell: ({ last_seen_at }) => (last_seen_at === null ? texts.never : whenText(last_seen_at, now)) },
        {
          key: "act",
          head: staff.head.act,
          align: "right",
          cell: (member) => (
            <Button look="quiet" aria-label={texts.changeOf(member.display_name)} onClick={() => onChange(member)}>
              {texts.change}
            </Button>
          ),
        },
      ]}
    />
  );
}
