import { Button, Field, Notice } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { isWeakPin } from "../../model/weak-pin.ts";
import { texts } from "../../texts/index.ts";
import { askForCode, resetPin } from "./api.ts";
import { DigitField } from "./digit-field.tsx";
import { EntryForm } from "./entry-form.tsx";
import { EntryLink } from "./entry-link.tsx";
import { useEntry } from "./use-entry.ts";

export function NewPinForm() {
  const { session } = texts;
  const [studentId, setStudentId] = useState("");
  const [code, setCode] = useState("");
  const [pin, setPin] = useState("");
  const [missing, setMissing] = useState<"id" | "pin" | null>(null);
  const { mutation, failedAt } = useEntry(resetPin);
  const ask = useMutation({ mutationFn: askForCode });

  const submit = (): void => {
    const gap = studentId.length < 6 ? "id" : pin.length < 4 ? "pin" : null;
    setMissing(gap);
    if (gap === null) mutation.mutate({ student_id: studentId, code, new_pin: pin });
  };
  const send = (): void => {
    const gap = studentId.length < 6 ? "id" : null;
    setMissing(gap);
    if (gap === null) ask.mutate(studentId);
  };

  return (
    <EntryForm
      title={session.newPinTitle}
      text={session.newPinText}
      submit={session.savePin}
      submitting={session.savingPin}
      busy={mutation.isPending}
      error={mutation.error ?? ask.error}
      failedAt={failedAt}
      onSubmit={submit}
      links={<EntryLink to="/sign-in" text={session.signIn} />}
    >
      <DigitField label={session.studentId} length={6} value={studentId} autoComplete="username" keyboard autoFocus error={missing === "id" ? session.needsId : null} onChange={setStudentId} />
      {ask.isSuccess ? (
        <Notice tone="free" role="status">
          {session.codeSent}
        </Notice>
      ) : (
        <Button look="soft" busy={ask.isPending && session.sendingCode} onClick={send}>
          {session.sendCode}
        </Button>
      )}
      <Field label={session.code} hint={session.codeHint} inputMode="numeric" autoComplete="one-time-code" maxLength={8} value={code} onChange={(event) => setCode(event.target.value.replace(/\D/g, ""))} />
      <DigitField label={session.newPin} length={4} value={pin} secret keyboard autoComplete="new-password" hint={session.chosenPinHint} error={missing === "pin" ? session.needsPin : isWeakPin(pin, studentId) ? session.weakPin : null} onChange={setPin} />
    </EntryForm>
  );
}
