import { Button, Confirm, toast, useNow } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useViewer } from "../../model/hooks.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { endSessions, unlock, type PersonFile } from "./api.ts";
import { CodeSheet } from "./code-sheet.tsx";
import { lockText } from "./lock-state.ts";
import { Panel, Refused } from "./panel.tsx";

const { access, block } = texts.people;

/** Whether somebody can sign in, and how to let them in again. */
export function AccessPanel({ person }: { readonly person: PersonFile }) {
  const { offline } = useViewer(60_000);
  const now = useNow(10_000);
  const [open, setOpen] = useState<"none" | "code" | "sessions">("none");
  const close = (): void => setOpen("none");
  const free = useAct(unlock, () => toast(access.unlocked, "good"));
  const end = useAct(endSessions, ({ revoked }) => {
    close();
    toast(access.ended(revoked), "good");
  });
  const isActive = person.status === "active";
  return (
    <Panel title={access.title}>
      <p>{lockText(person, now)}</p>
      {person.pin_weak && <p className="text-sm text-muted">{access.weak}</p>}
      {open === "none" && <Refused error={free.error} />}
      <div className="flex flex-wrap gap-2">
        {(person.locked || person.guard.failures_30d > 0) && (
          <Button disabled={offline} busy={free.isPending && access.unlocking} onClick={() => free.mutate(person.id)}>
            {access.unlock}
          </Button>
        )}
        {isActive && person.role === "student" && (
          <Button look="soft" disabled={offline} onClick={() => setOpen("code")}>
            {access.code}
          </Button>
        )}
        {isActive && (
          <Button look="quiet" disabled={offline} onClick={() => setOpen("sessions")}>
            {access.sessions}
          </Button>
        )}
      </div>
      {open === "code" && <CodeSheet person={person} onClose={close} />}
      {open === "sessions" && (
        <Confirm title={access.sessionsTitle} text={access.sessionsText} closeLabel={shared.close} onClose={close}>
          <Refused error={end.error} />
          <Button look="danger" busy={end.isPending && access.ending} onClick={() => end.mutate(person.id)}>
            {access.sessions}
          </Button>
          <Button look="quiet" onClick={close}>
            {block.no}
          </Button>
        </Confirm>
      )}
    </Panel>
  );
}
