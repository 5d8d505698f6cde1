import { Problem } from "@livefloor/api";
import { Button, Choices, Confirm, Notice, Sheet, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useSession } from "../../model/hooks.ts";
import { keeper } from "../../model/services.ts";
import { texts } from "../../texts/admin/index.ts";
import { texts as common } from "../../texts/index.ts";
import { changeMember, type Member, type MemberChange } from "./api.ts";

interface MemberSheetProps {
  readonly member: Member;
  readonly onClose: () => void;
  /** The own role is no longer admin: these pages are closed to this person. */
  readonly onOwnRole: () => void;
}

/** Role and access of one person. */
export function MemberSheet({ member, onClose, onOwnRole }: MemberSheetProps) {
  const isOwn = useSession()?.user.id === member.id;
  const [role, setRole] = useState<"staff" | "admin">(member.role === "admin" ? "admin" : "staff");
  const [isAsking, setAsking] = useState(false);
  const { staff } = texts;
  const change = useAct(changeMember, (after) => {
    toast(wordFor(member, after), "good");
    const session = keeper.read();
    if (isOwn && after.role !== "admin" && session !== null) {
      keeper.write({ ...session, user: { ...session.user, role: after.role } });
      onOwnRole();
    }
    onClose();
  });
  const send = (what: MemberChange): void => change.mutate({ id: member.id, version: member.version, ...what });
  const isBlocked = member.status !== "active";

  if (isAsking) {
    return (
      <Confirm title={staff.blockOf(member.display_name)} text={isOwn ? staff.ownBlock : staff.blockText} closeLabel={common.close} onClose={onClose}>
        {change.error && <Refusal error={change.error} />}
        <Button look="danger" busy={change.isPending && staff.blocking} onClick={() => send({ status: "blocked" })}>
          {staff.yesBlock}
        </Button>
        <Button look="quiet" onClick={() => setAsking(false)}>
          {staff.noBlock}
        </Button>
      </Confirm>
    );
  }
  return (
    <Sheet title={member.display_name} description={[staff.roles[member.role], member.student_id].filter(Boolean).join(" · ")} closeLabel={common.close} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <Choices
          legend={staff.role}
          layout="bar"
          value={role}
          onChange={setRole}
          choices={[
            { value: "staff", label: staff.roles.staff },
            { value: "admin", label: staff.roles.admin },
          ]}
        />
        {isOwn && role === "staff" && member.role === "admin" && <Notice tone="held">{staff.ownRole}</Notice>}
        {change.error && <Refusal error={change.error} />}
        <Button disabled={role === member.role} busy={change.isPending && change.variables.role !== undefined && texts.saving} onClick={() => send({ role })}>
          {texts.save}
        </Button>
        {isBlocked ? (
          <Button look="quiet" busy={change.isPending && change.variables.status !== undefined && staff.unblocking} onClick={() => send({ status: "active" })}>
            {staff.unblock}
          </Button>
        ) : (
          <Button look="danger" disabled={change.isPending} onClick={() => setAsking(true)}>
            {staff.block}
          </Button>
        )}
      </div>
    </Sheet>
  );
}

function wordFor(before: Member, after: Member): string {
  if (after.status === before.status) return texts.saved;
  return after.status === "blocked" ? texts.staff.blocked(after.display_name) : texts.staff.unblocked(after.display_name);
}

function Refusal({ error }: { readonly error: Error }) {
  const code = error instanceof Problem ? error.code : "";
  const text = code === "last_admin" ? texts.staff.lastAdmin : code === "stale_version" ? texts.staff.stale : error.message;
  return (
    <Notice tone="danger" role="alert">
      {text}
    </Notice>
  );
}
