import { Problem } from "@livefloor/api";
import { Button, Confirm, Notice, Refusal, toast } from "@livefloor/ui";

import { useAct } from "../../model/hooks.ts";
import type { Occasion } from "../../model/occasion.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/lead/index.ts";
import { activate, close } from "./api.ts";

const { events: words } = texts;

interface ActivateProps {
  readonly occasion: Occasion;
  /** The event that runs now. */
  readonly former: Occasion | undefined;
  readonly onClose: () => void;
}

/** What becomes of the event before is said first. */
export function ActivateQuestion({ occasion, former, onClose }: ActivateProps) {
  const act = useAct(activate, () => {
    toast(words.activated(occasion.name), "good");
    onClose();
  });
  return (
    <Confirm title={words.activateTitle(occasion.name)} text={words.activateText(former?.name ?? null)} closeLabel={common.close} onClose={onClose}>
      <Refusal error={act.error} />
      <Button busy={act.isPending && words.activating} onClick={() => act.mutate(occasion.id)}>
        {words.activate}
      </Button>
      <Button look="quiet" onClick={onClose}>
        {words.keep}
      </Button>
    </Confirm>
  );
}

/** With cups still open the server refuses once, and what happens to them is said before it is done. */
export function CloseQuestion({ occasion, onClose }: { readonly occasion: Occasion; readonly onClose: () => void }) {
  const act = useAct(close, () => {
    toast(words.closed(occasion.name), "good");
    onClose();
  });
  const problem = act.error instanceof Problem ? act.error : null;
  const open = problem?.code === "open_orders" && typeof problem.details.open_orders === "number" ? problem.details.open_orders : null;
  return (
    <Confirm title={words.closeTitle(occasion.name)} text={occasion.status === "draft" ? words.closeDraft : words.closeText} closeLabel={common.close} onClose={onClose}>
      {act.error !== null && (
        <Notice tone={open === null ? "danger" : "held"} role="alert">
          {open === null ? act.error.message : words.openOrders(open)}
        </Notice>
      )}
      <Button look="danger" busy={act.isPending && words.closing} onClick={() => act.mutate({ id: occasion.id, force: open !== null })}>
        {open === null ? words.closeOf(occasion.name) : words.force}
      </Button>
      <Button look="quiet" onClick={onClose}>
        {words.keep}
      </Button>
    </Confirm>
  );
}
