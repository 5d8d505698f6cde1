import { Button, cx, Notice, toast, useNow, WarningIcon } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { useAct, useViewer } from "../../model/hooks.ts";
import { Photo } from "../../model/photo.tsx";
import { queries } from "../../model/services.ts";
import { whenText } from "../../model/times.ts";
import { reasonOf, texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { handleFault, type Fault, type Status } from "./api.ts";

const { faults } = texts;
const SAFETY: readonly Fault["kind"][] = ["water_leak", "burning_smell", "electric_shock"];
const BADGES: Record<Status, string> = {
  open: "bg-done-soft text-done",
  acknowledged: "bg-held-soft text-held",
  resolved: "bg-free-soft text-free",
  dismissed: "bg-off-soft text-ink",
};

const reload = (): Promise<void> => queries.invalidateQueries({ queryKey: ["faults"] });

interface FaultCardProps {
  readonly fault: Fault;
  /** Who handled it last. */
  readonly who: string;
  readonly onClose: () => void;
}

/** One report with all that staff may know, and what they may do with it. */
export function FaultCard({ fault, who, onClose }: FaultCardProps) {
  const now = useNow(60_000);
  const { kind, description, status, note, handled_at } = fault;
  return (
    <article className="flex flex-col gap-2 rounded-3xl border border-line bg-card p-4 shadow-card">
      <header className="flex flex-wrap items-center gap-2">
        <h3 className="font-bold">{shared.faults.kinds[kind]}</h3>
        {SAFETY.includes(kind) && (
          <span className="inline-flex items-center gap-1 rounded-md bg-danger-soft px-1.5 py-0.5 text-xs font-bold text-danger">
            <WarningIcon className="size-3.5" />
            {faults.danger}
          </span>
        )}
        <span className={cx("ml-auto rounded-md px-1.5 py-0.5 text-xs font-bold", BADGES[status])}>{faults.statuses[status]}</span>
      </header>
      <p className="wrap-anywhere">{description}</p>
      <p className="text-sm text-muted">
        <Reporter fault={fault} /> · <time dateTime={fault.created_at}>{whenText(fault.created_at, now)}</time>
      </p>
      {!fault.counts && <p className="text-sm text-muted">{faults.notCounted}</p>}
      <FaultPhoto fault={fault} />
      {handled_at != null && (
        <div className="rounded-2xl bg-off-soft px-3 py-2 text-sm">
          <p className="font-medium">{faults.handled(faults.statuses[status], who, whenText(handled_at, now))}</p>
          {note != null && note !== "" && <p className="wrap-anywhere">{faults.note(note)}</p>}
        </div>
      )}
      {(status === "open" || status === "acknowledged") && <FaultActs fault={fault} onClose={onClose} />}
    </article>
  );
}

function Reporter({ fault: { reporter } }: { readonly fault: Fault }) {
  if (reporter == null) return faults.former;
  return (
    <Link to="/people/$id" params={{ id: reporter.user_id }} className="inline-flex min-h-11 items-center font-semibold text-brand-strong underline underline-offset-2">
      {faults.by(reporter.display_name, reporter.student_id)}
    </Link>
  );
}

/** Photos come large: only when asked for. */
function FaultPhoto({ fault }: { readonly fault: Fault }) {
  const [isShown, setShown] = useState(false);
  if (fault.photo_url === null) return null;
  if (isShown) return <Photo path={fault.photo_url} alt={faults.photoOf(shared.faults.kinds[fault.kind], shared.machine(fault.machine_type, fault.machine_id))} />;
  return (
    <Button look="quiet" className="self-start px-4 text-sm" onClick={() => setShown(true)}>
      {faults.photoShow}
    </Button>
  );
}

function FaultActs({ fault, onClose }: { readonly fault: Fault; readonly onClose: () => void }) {
  const { offline } = useViewer(60_000);
  const acknowledge = useAct(
    async (version: number) => {
      try {
        return await handleFault({ id: fault.id, status: "acknowledged", note: null, version });
      } finally {
        // Done or refused: either way the list has something new.
        await reload();
      }
    },
    () => toast(faults.acknowledged, "good"),
  );
  return (
    <>
      {acknowledge.error !== null && (
        <Notice tone="danger" role="alert">
          {reasonOf(acknowledge.error)}
        </Notice>
      )}
      <div className="mt-1 flex flex-wrap gap-2">
        {fault.status === "open" && (
          <Button look="soft" className="flex-1" disabled={offline} busy={acknowledge.isPending && faults.acknowledging} onClick={() => acknowledge.mutate(fault.version)}>
            {faults.acknowledge}
          </Button>
        )}
        <Button look="quiet" className="flex-1" disabled={offline} onClick={onClose}>
          {faults.close}
        </Button>
      </div>
    </>
  );
}
