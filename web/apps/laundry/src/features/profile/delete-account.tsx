import { Problem } from "@livefloor/api";
import { Button, buttonClass, Confirm, Notice, toast } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type SubmitEvent } from "react";

import { keeper } from "../../model/services.ts";
import { texts as shared } from "../../texts/index.ts";
import { texts } from "../../texts/student/index.ts";
import { deleteAccount } from "./api.ts";
import { PinField } from "./pin-field.tsx";
import { wrongPin } from "./pin-form.tsx";

const { profile: words } = texts;

/** The way out for good: with the PIN, after a question. */
export function DeleteAccount() {
  const [asking, setAsking] = useState(false);
  return (
    <section className="mt-10 border-t border-line pt-6">
      <h2 className="text-lg font-bold">{words.remove}</h2>
      <p className="mt-1 mb-3 text-sm text-muted">{words.removeText}</p>
      <Button look="danger" className="w-full" onClick={() => setAsking(true)}>
        {words.remove}
      </Button>
      {asking && <DeleteSheet onClose={() => setAsking(false)} />}
    </section>
  );
}

function DeleteSheet({ onClose }: { readonly onClose: () => void }) {
  const [pin, setPin] = useState("");
  const [missing, setMissing] = useState(false);
  const remove = useMutation({
    mutationFn: deleteAccount,
    onSuccess: () => {
      toast(words.removed, "good");
      keeper.drop();
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setMissing(pin.length < 4);
    if (pin.length === 4) remove.mutate(pin);
  };
  return (
    <Confirm title={words.removeTitle} text={words.removeWarning} closeLabel={shared.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-3">
        <PinField
          label={words.pin}
          value={pin}
          error={missing ? words.pinShort : wrongPin(remove.error)}
          onChange={(next) => {
            setPin(next);
            remove.reset();
          }}
        />
        <Refusal error={remove.error} />
        <Button type="submit" look="danger" busy={remove.isPending && words.removing}>
          {words.yesRemove}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {words.keep}
        </Button>
      </form>
    </Confirm>
  );
}

function Refusal({ error }: { readonly error: Error | null }) {
  if (error === null || wrongPin(error) !== null) return null;
  if (!(error instanceof Problem) || error.code !== "collect_first") {
    return (
      <Notice tone="danger" role="alert">
        {error.message}
      </Notice>
    );
  }
  return (
    <>
      <Notice tone="held" role="alert">
        {words.collectFirst}
      </Notice>
      <Link to="/mine" className={buttonClass("soft")}>
        {words.toMine}
      </Link>
    </>
  );
}
