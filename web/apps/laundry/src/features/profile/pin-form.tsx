import { Problem } from "@livefloor/api";
import { Button, Refusal, Sheet, toast } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";

import { isWeakPin } from "../../model/weak-pin.ts";
import { texts as shared } from "../../texts/index.ts";
import { texts } from "../../texts/student/index.ts";
import { changePin, type Profile } from "./api.ts";
import { PinField } from "./pin-field.tsx";

const { profile: words } = texts;
const LENGTH = 4;

/** The PIN: change it, with the one of now. */
export function PinSection({ profile }: { readonly profile: Profile }) {
  const [open, setOpen] = useState(false);
  return (
    <section className="mt-8">
      <h2 className="mb-2 text-lg font-bold">{words.pin}</h2>
      <Button look="soft" className="w-full" onClick={() => setOpen(true)}>
        {words.changePin}
      </Button>
      {open && <PinSheet profile={profile} onClose={() => setOpen(false)} />}
    </section>
  );
}

function PinSheet({ profile, onClose }: { readonly profile: Profile; readonly onClose: () => void }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [missing, setMissing] = useState<"current" | "next" | null>(null);
  const change = useMutation({
    mutationFn: changePin,
    onSuccess: () => {
      onClose();
      toast(words.pinChanged, "good");
    },
  });
  const code = change.error instanceof Problem ? change.error.code : null;
  const weak = isWeakPin(next, profile.student_id ?? "", profile.phone_number ?? "");

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const gap = current.length < LENGTH ? "current" : next.length < LENGTH ? "next" : null;
    setMissing(gap);
    if (gap === null) change.mutate({ current_pin: current, new_pin: next });
  };

  return (
    <Sheet title={words.changePin} description={words.pinOthers} closeLabel={shared.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4 pt-1">
        <PinField
          label={words.currentPin}
          value={current}
          error={missing === "current" ? words.pinShort : wrongPin(change.error)}
          onChange={(pin) => {
            setCurrent(pin);
            if (code === "invalid_credentials") change.reset();
          }}
        />
        <PinField
          label={words.newPin}
          value={next}
          isNew
          hint={words.newPinHint}
          error={missing === "next" ? words.pinShort : weak || code === "weak_pin" ? words.pinWeak : code === "same_pin" ? words.pinSame : null}
          onChange={(pin) => {
            setNext(pin);
            if (code === "weak_pin" || code === "same_pin") change.reset();
          }}
        />
        {!["invalid_credentials", "weak_pin", "same_pin"].includes(code ?? "") && <Refusal error={change.error} />}
        <Button type="submit" busy={change.isPending && words.changing}>
          {words.changePin}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {words.cancel}
        </Button>
      </form>
    </Sheet>
  );
}

/** The sentence for a PIN that is not the person's; null for any other refusal. */
export function wrongPin(error: Error | null): string | null {
  if (!(error instanceof Problem) || error.code !== "invalid_credentials") return null;
  const left = error.details.attempts_left;
  return words.pinWrong(typeof left === "number" ? left : null);
}
