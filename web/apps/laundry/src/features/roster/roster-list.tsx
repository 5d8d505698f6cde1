import { Button, Confirm, Refusal, Table, toast, useNow } from "@livefloor/ui";
import { useState } from "react";

import { useAct } from "../../model/hooks.ts";
import { Paged, usePages } from "../../model/loaded.tsx";
import { whenText } from "../../model/times.ts";
import { texts } from "../../texts/admin/index.ts";
import { texts as common } from "../../texts/index.ts";
import { ROSTER_PAGES_KEY, rosterPage, takeOffRoster } from "./api.ts";

/** The ids that may register, by number. */
export function RosterList() {
  const pages = usePages(ROSTER_PAGES_KEY, rosterPage);
  const [leaving, setLeaving] = useState<string | null>(null);
  const now = useNow(60_000);
  const { roster } = texts;
  return (
    <section>
      <h2 className="mb-3 text-lg font-bold">{roster.list}</h2>
      <Paged pages={pages} empty={roster.empty}>
        {(items) => (
          <Table
            caption={roster.list}
            rows={items}
            rowKey={({ student_id }) => student_id}
            columns={[
              { key: "id", head: roster.head.id, cell: ({ student_id }) => <span className="font-semibold">{student_id}</span> },
              { key: "note", head: roster.head.note, cell: ({ note }) => note ?? texts.none },
              { key: "added", head: roster.head.added, cell: ({ added_at }) => whenText(added_at, now) },
              {
                key: "act",
                head: roster.head.act,
                align: "right",
                cell: ({ student_id }) => (
                  <Button look="quiet" aria-label={roster.removeOf(student_id)} onClick={() => setLeaving(student_id)}>
                    {roster.remove}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Paged>
      {leaving !== null && <Leaving studentId={leaving} onClose={() => setLeaving(null)} />}
    </section>
  );
}

function Leaving({ studentId, onClose }: { readonly studentId: string; readonly onClose: () => void }) {
  const { roster } = texts;
  const remove = useAct(takeOffRoster, () => {
    toast(roster.removed(studentId), "good");
    onClose();
  });
  return (
    <Confirm title={roster.removeTitle(studentId)} text={roster.removeText} closeLabel={common.close} onClose={onClose}>
      <Refusal error={remove.error} />
      <Button look="danger" busy={remove.isPending && roster.removing} onClick={() => remove.mutate(studentId)}>
        {roster.yesRemove}
      </Button>
      <Button look="quiet" onClick={onClose}>
        {roster.keep}
      </Button>
    </Confirm>
  );
}
