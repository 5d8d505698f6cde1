import type { Entry, MachineType } from "@livefloor/api/laundry";
import { Button, EmptyState, Sheet, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useList, useViewer } from "../../model/hooks.ts";
import { timeText } from "../../model/times.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { ActForm, fieldError, isSaid } from "./act-form.tsx";
import { removeEntry } from "./api.ts";
import { ReasonField } from "./reason-field.tsx";

const { acts, desk } = texts;

/** Who waits for one type of machine, with a way to take somebody out of the list. */
export function DeskList({ type }: { readonly type: MachineType }) {
  const items = useList(type)?.items ?? [];
  const { offline } = useViewer(60_000);
  const [leaving, setLeaving] = useState<Entry | null>(null);
  return (
    <section aria-label={shared.list.title(type)} className="rounded-3xl border border-line bg-card p-4 shadow-card">
      <h3 className="mb-2 flex items-baseline justify-between gap-2 font-bold">
        {shared.list.title(type)}
        {items.length > 0 && <span className="text-sm text-muted">{items.length}</span>}
      </h3>
      {items.length === 0 ? (
        <EmptyState>{desk.noList}</EmptyState>
      ) : (
        <ol className="divide-y divide-line">
          {items.map((entry) => (
            <li key={entry.id} className="flex items-center gap-3 py-1.5">
              <span className="w-5 shrink-0 text-right text-sm text-muted">{entry.position}</span>
              <span className="min-w-0 flex-1">
                <span className="block truncate font-semibold">{entry.display_name}</span>
                <span className="block text-sm text-muted">{stateOf(entry, type)}</span>
              </span>
              <Button look="quiet" disabled={offline} aria-label={desk.removeOf(entry.display_name)} className="shrink-0 px-4 text-sm" onClick={() => setLeaving(entry)}>
                {desk.remove}
              </Button>
            </li>
          ))}
        </ol>
      )}
      {leaving !== null && <RemoveSheet entry={leaving} list={shared.list.title(type)} onClose={() => setLeaving(null)} />}
    </section>
  );
}

function stateOf(entry: Entry, type: MachineType): string {
  if (entry.status === "called" && entry.machine_id !== null && entry.claim_expires_at !== null) {
    return desk.called(shared.machine(type, entry.machine_id), timeText(entry.claim_expires_at));
  }
  return desk.waitingSince(timeText(entry.joined_at));
}

function RemoveSheet({ entry, list, onClose }: { readonly entry: Entry; readonly list: string; readonly onClose: () => void }) {
  const [reason, setReason] = useState("");
  const remove = useAct(removeEntry, () => {
    toast(desk.removed(entry.display_name), "good");
    onClose();
  });
  return (
    <Sheet title={desk.removeTitle(entry.display_name)} closeLabel={shared.close} onClose={onClose}>
      <ActForm
        text={desk.removeText(list)}
        submit={desk.remove}
        danger
        disabled={!isSaid(reason)}
        busy={remove.isPending}
        error={remove.error}
        fields={["reason"]}
        onSubmit={() => remove.mutate({ id: entry.id, reason: reason.trim() })}
      >
        <ReasonField
          label={acts.reason}
          hint={acts.reasonHint}
          suggestions={desk.removeReasons}
          value={reason}
          maxLength={200}
          error={fieldError(remove.error, "reason")}
          onChange={setReason}
        />
      </ActForm>
      <Button look="quiet" className="mt-2 w-full" onClick={onClose}>
        {desk.keep}
      </Button>
    </Sheet>
  );
}
