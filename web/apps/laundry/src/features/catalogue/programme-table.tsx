import type { MachineType } from "@livefloor/api/laundry";
import { Button, EmptyState, Table } from "@livefloor/ui";

import { texts } from "../../texts/admin/index.ts";
import type { Programme } from "./api.ts";

interface ProgrammeTableProps {
  readonly type: MachineType;
  readonly programmes: readonly Programme[];
  readonly onChange: (programme: Programme) => void;
}

/** What people can choose on machines of one type. */
export function ProgrammeTable({ type, programmes, onChange }: ProgrammeTableProps) {
  const { catalogue } = texts;
  if (programmes.length === 0) return <EmptyState>{catalogue.empty}</EmptyState>;
  return (
    <Table
      caption={catalogue.of[type]}
      rows={programmes}
      rowKey={({ code }) => code}
      columns={[
        { key: "label", head: catalogue.head.label, cell: ({ label }) => <span className="font-semibold">{label}</span> },
        { key: "code", head: catalogue.head.code, cell: ({ code }) => <code>{code}</code> },
        { key: "minutes", head: catalogue.head.minutes, align: "right", cell: ({ minutes }) => catalogue.minutes(minutes) },
        { key: "sort", head: catalogue.head.sort, align: "right", cell: ({ sort }) => sort },
        { key: "state", head: catalogue.head.state, cell: ({ enabled }) => (enabled ? catalogue.on : <span className="font-semibold text-muted">{catalogue.off}</span>) },
        {
          key: "act",
          head: catalogue.head.act,
          align: "right",
          cell: (programme) => (
            <Button look="quiet" aria-label={texts.changeOf(programme.label)} onClick={() => onChange(programme)}>
              {texts.change}
            </Button>
          ),
        },
      ]}
    />
  );
}
