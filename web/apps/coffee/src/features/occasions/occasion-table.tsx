import { dateText, timeText } from "@livefloor/base/times";
import { Button, cx, EmptyState, Table, type Column } from "@livefloor/ui";

import type { Occasion } from "../../model/occasion.ts";
import { texts } from "../../texts/lead/index.ts";

const { events: words } = texts;
const LOOKS: Record<Occasion["status"], string> = { draft: "text-muted", active: "bg-free-soft text-free rounded-md px-1.5", closed: "text-muted" };

interface OccasionTableProps {
  readonly occasions: readonly Occasion[];
  readonly mayChange: boolean;
  readonly onActivate: (occasion: Occasion) => void;
  readonly onClose: (occasion: Occasion) => void;
}

/** The events, the latest first. */
export function OccasionTable({ occasions, mayChange, onActivate, onClose }: OccasionTableProps) {
  if (occasions.length === 0) return <EmptyState>{words.none}</EmptyState>;
  const columns: readonly Column<Occasion>[] = [
    {
      key: "name",
      head: words.head.name,
      cell: ({ name, venue }) => (
        <>
          <b className="block">{name}</b>
          <span className="text-muted">{venue}</span>
        </>
      ),
    },
    { key: "when", head: words.head.when, cell: whenOf },
    { key: "code", head: words.head.code, cell: ({ code }) => <code className="font-bold">{code}</code> },
    { key: "state", head: words.head.state, cell: ({ status }) => <span className={cx("font-semibold", LOOKS[status])}>{words.states[status]}</span> },
  ];
  const acts: Column<Occasion> = {
    key: "acts",
    head: words.head.acts,
    align: "right",
    cell: (occasion) =>
      occasion.status === "closed" ? null : (
        <span className="flex flex-wrap justify-end gap-2">
          {occasion.status === "draft" && (
            <Button look="soft" aria-label={words.activateOf(occasion.name)} onClick={() => onActivate(occasion)}>
              {words.activate}
            </Button>
          )}
          <Button look="danger" aria-label={words.closeOf(occasion.name)} onClick={() => onClose(occasion)}>
            {words.close}
          </Button>
        </span>
      ),
  };
  return <Table caption={words.title} columns={mayChange ? [...columns, acts] : columns} rows={occasions} rowKey={({ id }) => id} />;
}

/** Day and hours by the event's own clock; both days when it goes over midnight. */
function whenOf({ starts_at: starts, ends_at: ends, timezone: zone }: Occasion): string {
  const [from, to] = [dateText(starts, zone), dateText(ends, zone)];
  return `${from}, ${timeText(starts, zone)}–${from === to ? "" : `${to}, `}${timeText(ends, zone)} (${zone})`;
}
