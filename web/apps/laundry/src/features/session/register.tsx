import { Field } from "@livefloor/ui";
import { useState } from "react";

import { useMeta } from "../../model/hooks.ts";
import { isWeakPin } from "../../model/weak-pin.ts";
import { texts } from "../../texts/index.ts";
import { register } from "./api.ts";
import { DigitField } from "./digit-field.tsx";
import { EntryForm } from "./entry-form.tsx";
import { EntryLink } from "./entry-link.tsx";
import { useEntry } from "./use-entry.ts";

export function RegisterForm() {
  const { session } = texts;
  const { data: meta } = useMeta();
  const [studentId, setStudentId] = useState("");
  const [pin, setPin] = useState("");
  const [phone, setPhone] = useState("");
  const [roomCode, setRoomCode] = useState("");
  const [missing, setMissing] = useState<"id" | "pin" | "phone" | null>(null);
  const { mutation, failedAt } = useEntry(register);
  const digits = phone.replace(/\D/g, "");
  // A hint, not a bar: the server decides.
  const weak = isWeakPin(pin, studentId, digits);

  const submit = (): void => {
    const gap = studentId.length < 6 ? "id" : pin.length < 4 ? "pin" : digits.length < 10 || digits.length > 15 ? "phone" : null;
    setMissing(gap);
    if (gap !== null) return;
    const code = roomCode.trim();
    mutation.mutate({ student_id: studentId, pin, phone_number: phone.trim(), ...(code === "" ? {} : { room_code: code }) });
  };

  return (
    <EntryForm
      title={session.registerTitle}
      text={session.registerText}
      submit={session.register}
      submitting={session.registering}
      busy={mutation.isPending}
      error={mutation.error}
      failedAt={failedAt}
      onSubmit={submit}
      links={<EntryLink question={session.haveAccount} to="/sign-in" text={session.signIn} />}
    >
      <DigitField label={session.studentId} length={6} value={studentId} autoComplete="username" keyboard autoFocus hint={session.studentIdHint} error={missing === "id" ? session.needsId : null} onChange={setStudentId} />
      <DigitField label={session.pin} length={4} value={pin} secret keyboard autoComplete="new-password" hint={session.chosenPinHint} error={missing === "pin" ? session.needsPin : weak ? session.weakPin : null} onChange={setPin} />
      <Field label={session.phone} type="tel" autoComplete="tel" required value={phone} hint={session.phoneHint} error={missing === "phone" ? session.needsPhone : null} onChange={(event) => setPhone(event.target.value)} />
      {meta?.registration_mode === "room_code" && (
        <Field label={session.roomCode} hint={session.roomCodeHint} maxLength={12} autoComplete="off" required value={roomCode} onChange={(event) => setRoomCode(event.target.value)} />
      )}
    </EntryForm>
  );
}
