import { Problem } from "@livefloor/api";
import { Button, Check, Choices, Field, Refusal, Sheet, toast } from "@livefloor/ui";
import { useState, type SubmitEvent } from "react";

import { useAct } from "../../model/hooks.ts";
import { texts } from "../../texts/admin/index.ts";
import { texts as common } from "../../texts/index.ts";
import { addMember, type NewMember } from "./api.ts";

const BLANK: NewMember = { staff_id: "", password: "", display_name: "", role: "staff" };

type Wrong = Partial<Record<keyof NewMember, string>>;

function check({ staff_id, password, display_name }: NewMember): Wrong {
  const { staff } = texts;
  return {
    ...(/^\d{6}$/.test(staff_id) ? {} : { staff_id: staff.idError }),
    ...(password.length >= 12 && password.length <= 128 ? {} : { password: staff.passwordError }),
    ...(display_name.trim().length >= 1 && display_name.trim().length <= 24 ? {} : { display_name: staff.nameError }),
  };
}

/** What the server refused, at the field that it is about. */
function refusedFields(error: Error | null): Readonly<Record<string, string>> {
  if (!(error instanceof Problem)) return {};
  if (error.code === "weak_password") return { password: texts.staff.weak };
  if (error.code === "student_id_taken") return { staff_id: texts.staff.taken };
  return error.fields;
}

/** Give somebody a staff account. */
export function AddMember({ onClose }: { readonly onClose: () => void }) {
  const [member, setMember] = useState(BLANK);
  const [isTried, setTried] = useState(false);
  const [isShown, setShown] = useState(false);
  const add = useAct(addMember, (added) => {
    toast(texts.staff.added(added.display_name), "good");
    onClose();
  });
  const wrong = check(member);
  const refused = refusedFields(add.error);
  const errors: Readonly<Record<string, string | undefined>> = { ...refused, ...(isTried ? wrong : {}) };
  const { staff } = texts;

  const set = (change: Partial<NewMember>): void => {
    setMember({ ...member, ...change });
    if (add.isError) add.reset();
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length === 0) add.mutate({ ...member, display_name: member.display_name.trim() });
  };

  return (
    <Sheet title={staff.add} closeLabel={common.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field label={staff.name} hint={staff.nameHint} error={errors.display_name} value={member.display_name} autoComplete="off" onChange={(event) => set({ display_name: event.target.value })} />
        <Field label={staff.id} hint={staff.idHint} error={errors.staff_id} value={member.staff_id} inputMode="numeric" autoComplete="off" onChange={(event) => set({ staff_id: event.target.value.trim() })} />
        <Field
          label={staff.password}
          hint={staff.passwordHint}
          error={errors.password}
          type={isShown ? "text" : "password"}
          value={member.password}
          autoComplete="new-password"
          onChange={(event) => set({ password: event.target.value })}
        />
        <Check label={staff.show} checked={isShown} onChange={(event) => setShown(event.target.checked)} />
        <Choices
          legend={staff.role}
          layout="bar"
          value={member.role}
          onChange={(role) => set({ role })}
          choices={[
            { value: "staff", label: staff.roles.staff },
            { value: "admin", label: staff.roles.admin },
          ]}
        />
        {Object.keys(refused).length === 0 && <Refusal error={add.error} />}
        <Button type="submit" busy={add.isPending && staff.adding}>
          {staff.add}
        </Button>
      </form>
    </Sheet>
  );
}
