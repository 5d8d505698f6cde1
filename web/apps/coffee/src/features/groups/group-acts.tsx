import { body } from "@livefloor/api";
import { keyed, useAct } from "@livefloor/base";
import { Button, Confirm, Refusal, toast } from "@livefloor/ui";
import { useState } from "react";

import { api, queries } from "../../model/services.ts";
import { texts } from "../../texts/group/index.ts";
import { texts as common } from "../../texts/index.ts";
import { askGroups, groupQuery, type CrewGroup } from "./queries.ts";

const { page: words } = texts;

/** What can be done with a group as it stands: hand it in, hand it out, call it off. */
export function GroupActs({ group: { group_order, counts } }: { readonly group: CrewGroup }) {
  const { code, group_name, status } = group_order;
  const [isAsked, setAsked] = useState(false);
  const path = { params: { path: { code } } };
  const shown = (page: unknown): void => {
    queries.setQueryData(groupQuery(code).queryKey, page as CrewGroup);
    askGroups();
  };
  const submit = useAct(
    (_: null, key) => body(api.http.POST("/api/group-orders/{code}/submit", { ...path, ...keyed(key) })),
    (page) => {
      shown(page);
      toast(words.handed(group_name), "good");
    },
  );
  const collect = useAct(
    (partial: boolean, key) => body(api.http.POST("/api/group-orders/{code}/collect", { params: { path: { code }, query: { partial } }, ...keyed(key) })),
    (page) => {
      shown(page);
      toast(words.collected(group_name), "good");
    },
  );
  const cancel = useAct(
    (_: null, key) => body(api.http.POST("/api/group-orders/{code}/cancel", { ...path, ...keyed(key) })),
    (page) => {
      shown(page);
      setAsked(false);
    },
  );
  const made = (counts.completed ?? 0) + (counts.uncollected ?? 0);
  const error = submit.error ?? collect.error;
  return (
    <div className="flex flex-col gap-3">
      <Refusal error={error} />
      <div className="flex flex-wrap gap-2">
        {status === "open" && (counts.scheduled ?? 0) > 0 && (
          <Button busy={submit.isPending && words.handing} onClick={() => submit.mutate(null)}>
            {words.hand}
          </Button>
        )}
        {(status === "ready" || status === "submitted") && made > 0 && (
          <Button busy={collect.isPending && words.collecting} onClick={() => collect.mutate(status === "submitted")}>
            {status === "ready" ? words.collect : words.collectPart(made)}
          </Button>
        )}
        {(status === "open" || status === "submitted") && (
          <Button look="danger" onClick={() => setAsked(true)}>
            {words.cancel}
          </Button>
        )}
      </div>
      {isAsked && (
        <Confirm title={words.cancelTitle(group_name)} text={words.cancelText} closeLabel={common.close} onClose={() => setAsked(false)}>
          <Refusal error={cancel.error} />
          <Button look="danger" busy={cancel.isPending && words.cancelling} onClick={() => cancel.mutate(null)}>
            {words.cancelYes}
          </Button>
          <Button look="soft" onClick={() => setAsked(false)}>
            {words.keep}
          </Button>
        </Confirm>
      )}
    </div>
  );
}
