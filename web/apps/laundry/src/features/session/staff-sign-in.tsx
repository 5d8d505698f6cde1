import { Field } from "@livefloor/ui";
import { useState } from "react";

import { texts } from "../../texts/index.ts";
import { signInStaff } from "./api.ts";
import { DigitField } from "./digit-field.tsx";
import { EntryForm } from "./entry-form.tsx";
import { EntryLink } from "./entry-link.tsx";
import { useEntry } from "./use-entry.ts";

export function StaffSignInForm() {
  const { session } = texts;
  const [staffId, setStaffId] = useState("");
  const [password, setPassword] = useState("");
  const { mutation, failedAt } = useEntry(signInStaff);
  return (
    <EntryForm
      title={session.staffTitle}
      text={session.welcome}
      submit={session.signIn}
      submitting={session.signingIn}
      busy={mutation.isPending}
      error={mutation.error}
      failedAt={failedAt}
      onSubmit={() => mutation.mutate({ staff_id: staffId, password })}
      links={<EntryLink to="/sign-in" text={session.student} />}
    >
      <DigitField label={session.staffId} length={6} value={staffId} autoComplete="username" keyboard autoFocus onChange={setStaffId} />
      <Field label={session.password} type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
    </EntryForm>
  );
}
