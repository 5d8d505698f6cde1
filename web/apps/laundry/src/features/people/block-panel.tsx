import { Problem } from "@livefloor/api";
import { Button, Confirm, Notice, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useViewer } from "../../model/hooks.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { changePerson, type PersonFile } from "./api.ts";
import { Panel, Refused } from "./panel.tsx";

const { block } = texts.people;

type Step = "block" | "unblock" | "release";
const DONE: Record<Step, string> = { block: block.blockedNow, unblock: block.unblocked, release: block.released };

/** Block, unblock, give an ID back to its true owner. */
export function BlockPanel({ person }: { readonly person: PersonFile }) {
  const { offline } = useViewer(60_000);
  const [asking, setAsking] = useState<"none" | "block" | "release">("none");
  const close = (): void => setAsking("none");
  const change = useAct(changePerson);
  const of = { id: person.id, version: person.version };
  const run = (step: Step, said: Parameters<typeof changePerson>[0]): void =>
    change.mutate(said, {
      onSuccess: () => {
        close();
        toast(DONE[step], "good");
      },
    });
  const isStale = change.error instanceof Problem && change.error.isStale;
  const refused = isStale ? (
    <Notice tone="held" role="alert">
      {block.stale}
    </Notice>
  ) : (
    <Refused error={change.error} />
  );
  const ask = (what: "block" | "release"): void => {
    change.reset();
    setAsking(what);
  };

  return (
    <Panel title={block.title}>
      <p>{block[person.status]}</p>
      {asking === "none" && refused}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {person.status === "active" && (
          <Button look="danger" disabled={offline} onClick={() => ask("block")}>
            {block.block}
          </Button>
        )}
        {person.status === "blocked" && (
          <Button look="soft" disabled={offline} busy={change.isPending && block.unblocking} onClick={() => run("unblock", { ...of, status: "active" })}>
            {block.unblock}
          </Button>
        )}
        {person.status === "blocked" && person.student_id !== null && (
          <Button look="danger" disabled={offline} onClick={() => ask("release")}>
            {block.release}
          </Button>
        )}
      </div>
      {asking === "block" && (
        <Confirm title={block.blockTitle(person.display_name)} text={block.blockText} closeLabel={shared.close} onClose={close}>
          {refused}
          <Button look="danger" busy={change.isPending && block.blocking} onClick={() => run("block", { ...of, status: "blocked" })}>
            {block.yes}
          </Button>
          <Button look="quiet" onClick={close}>
            {block.no}
          </Button>
        </Confirm>
      )}
      {asking === "release" && (
        <Confirm title={block.releaseTitle(person.student_id ?? "")} text={block.releaseText} closeLabel={shared.close} onClose={close}>
          {refused}
          <Button look="danger" busy={change.isPending && block.releasing} onClick={() => run("release", { ...of, release_student_id: true })}>
            {block.yesRelease}
          </Button>
          <Button look="quiet" onClick={close}>
            {block.no}
          </Button>
        </Confirm>
      )}
    </Panel>
  );
}
