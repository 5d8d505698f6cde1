import { Problem } from "@livefloor/api";
import { Field, Notice } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { texts } from "../../texts/index.ts";
import { signIn } from "./api.ts";
import { DigitField } from "./digit-field.tsx";
import { EntryForm } from "./entry-form.tsx";
import { EntryLink } from "./entry-link.tsx";
import { useEntry } from "./use-entry.ts";

const CODE_CODES = new Set(["code_required", "code_wrong"]);

export function SignInForm() {
  const { session } = texts;
  const [studentId, setStudentId] = useState("");
  const [pin, setPin] = useState("");
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState<"id" | "pin" | null>(null);
  const { mutation, failedAt } = useEntry(signIn);
  const refusal = mutation.error instanceof Problem ? mutation.error.code : "";
  const [asksCode, setAsksCode] = useState(false);
  if (CODE_CODES.has(refusal) && !asksCode) setAsksCode(true);

  const submit = (): void => {
    const gap = studentId.length < 6 ? "id" : pin.length < 4 ? "pin" : null;
    setMissing(gap);
    if (gap !== null) return;
    mutation.mutate({ student_id: studentId, pin, ...(code === "" ? {} : { code }) });
  };

  return (
    <EntryForm
      title={session.signIn}
      text={session.welcome}
      submit={session.signIn}
      submitting={session.signingIn}
      busy={mutation.isPending}
      error={refusal === "code_required" ? null : mutation.error}
      failedAt={failedAt}
      pad
      onSubmit={submit}
      links={
        <>
          <EntryLink question={session.noAccount} to="/register" text={session.register} />
          <EntryLink to="/new-pin" text={session.forgotten} />
          <EntryLink to="/staff" text={session.staff} />
        </>
      }
    >
      <DigitField label={session.studentId} length={6} value={studentId} autoComplete="username" autoFocus error={missing === "id" ? session.needsId : null} onChange={setStudentId} />
      <DigitField label={session.pin} length={4} value={pin} secret autoComplete="current-password" error={missing === "pin" ? session.needsPin : null} onChange={setPin} />
      {asksCode && (
        <>
          <Notice tone="held" role="alert">
            {session.codeAsked}
          </Notice>
          <Field label={session.code} hint={session.codeHint} inputMode="numeric" autoComplete="one-time-code" maxLength={8} value={code} onChange={(event) => setCode(event.target.value.replace(/\D/g, ""))} />
        </>
      )}
      {refusal === "pin_reset_required" && (
        <Link to="/new-pin" className="font-semibold text-brand underline">
          {session.newPinTitle}
        </Link>
      )}
    </EntryForm>
  );
}
