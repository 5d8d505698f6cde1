import { Button, buttonClass, Notice } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import type { Place } from "../../model/acts.ts";
import { useIsWaiting } from "../../model/queue.ts";
import { texts as shared } from "../../texts/index.ts";
import { texts } from "../../texts/student/index.ts";
import type { Reported } from "./report-form.tsx";

interface ReportResultProps {
  /** What the server said; of a report that waits for it only the machine is known. */
  readonly reported: Reported | Place;
  readonly onAgain: () => void;
}

/** What the report did: how many there are, or that the machine is out of order now. */
export function ReportResult({ reported, onAgain }: ReportResultProps) {
  const { report } = texts;
  const title = useRef<HTMLHeadingElement>(null);
  // The form with the focus is gone; go on reading here.
  useEffect(() => title.current?.focus(), []);
  return (
    <section className="flex flex-col gap-4">
      <h2 ref={title} tabIndex={-1} className="text-xl font-bold outline-none">
        {report.thanks}
      </h2>
      {"id" in reported ? <Outcome reported={reported} /> : <Queued at={reported} />}
      <Button look="quiet" onClick={onAgain}>
        {report.another}
      </Button>
    </section>
  );
}

function Queued({ at }: { readonly at: Place }) {
  const isWaiting = useIsWaiting("report", at);
  return isWaiting ? <Notice tone="off">{texts.report.queued}</Notice> : null;
}

function Outcome({ reported }: { readonly reported: Reported }) {
  const { report } = texts;
  const name = shared.machine(reported.machine_type, reported.machine_id);
  return (
    <>
      {reported.is_disabled ? (
        <Notice tone="done">{report.offNow(name)}</Notice>
      ) : (
        <Notice tone="free">
          <p className="text-base font-bold">{report.reports(reported.report_count, reported.threshold)}</p>
          <p>{report.untilOff(name, reported.threshold)}</p>
        </Notice>
      )}
      {!reported.counts && <Notice tone="held">{report.notCounted}</Notice>}
      <Link to="/m/$type/$number" params={{ type: reported.machine_type, number: String(reported.machine_id) }} className={buttonClass("soft")}>
        {report.toMachine(name)}
      </Link>
    </>
  );
}
