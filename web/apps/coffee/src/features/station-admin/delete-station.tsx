import { Button, Confirm, Refusal, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useUser } from "../../model/hooks.ts";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { deleteStation } from "./api.ts";

/** Take away a station that was never in use; for admins only. */
export function DeleteStation({ id, name, onGone }: { readonly id: number; readonly name: string; readonly onGone: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const isAdmin = useUser()?.role === "admin";
  const { stations } = texts;
  const remove = useAct(deleteStation, () => {
    toast(stations.deleted(name), "good");
    onGone();
  });
  if (!isAdmin) return null;
  return (
    <>
      <Button look="danger" className="self-start" onClick={() => setAsked(true)}>
        {stations.delete}
      </Button>
      {isAsked && (
        <Confirm title={stations.deleteTitle(name)} text={stations.deleteText} closeLabel={common.close} onClose={() => setAsked(false)}>
          <Refusal error={remove.error} />
          <Button look="danger" busy={remove.isPending && stations.deleting} onClick={() => remove.mutate(id)}>
            {stations.delete}
          </Button>
          <Button look="quiet" onClick={() => setAsked(false)}>
            {common.cancel}
          </Button>
        </Confirm>
      )}
    </>
  );
}
