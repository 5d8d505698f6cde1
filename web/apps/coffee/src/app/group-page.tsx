import { Button, Skeleton } from "@livefloor/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";

import { GroupForm } from "../features/groups/group-form.tsx";
import { GroupList } from "../features/groups/group-list.tsx";
import { GroupView } from "../features/groups/group-view.tsx";
import { askGroups, GROUP_FRAMES, groupQuery } from "../features/groups/queries.ts";
import { menuQuery, useFloor, useFrames, useMilks } from "../model/hooks.ts";
import { Loaded } from "../model/loaded.tsx";
import { texts } from "../texts/group/index.ts";

/** All groups, and a new one. */
export function GroupsPage() {
  useFloor(null);
  useFrames(GROUP_FRAMES, askGroups);
  const [isOpen, setOpen] = useState(false);
  const menu = useQuery(menuQuery);
  const milks = useMilks();
  const navigate = useNavigate();
  return (
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-5 pt-1">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="max-w-2xl">
          <h1 className="text-2xl font-bold">{texts.title}</h1>
          <p className="mt-1 text-muted">{texts.lead}</p>
        </div>
        <Button look={isOpen ? "quiet" : "primary"} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? texts.hide : texts.add}
        </Button>
      </div>
      {isOpen && (
        <Loaded query={menu} skeleton={<Skeleton className="h-96" />}>
          {({ items, options }) => (
            <GroupForm known={{ drinks: items, milks, options }} onPlaced={({ group_order }) => void navigate({ to: "/group/$code", params: { code: group_order.code } })} />
          )}
        </Loaded>
      )}
      <GroupList />
    </div>
  );
}

/** One group, live. */
export function GroupPage() {
  useFloor(null);
  useFrames(GROUP_FRAMES, askGroups);
  const code = useParams({ strict: false }).code ?? "";
  const group = useQuery(groupQuery(code));
  const milks = useMilks();
  return (
    <div className="mx-auto w-full max-w-5xl">
      <Link to="/group" className="inline-flex min-h-12 items-center font-semibold text-brand underline underline-offset-4">
        {texts.page.back}
      </Link>
      <Loaded query={group}>{(found) => <GroupView group={found} milkName={(milk) => milks.find((one) => one.code === milk)?.name ?? milk} />}</Loaded>
    </div>
  );
}
