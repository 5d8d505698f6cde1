import { Button, CloseIcon, cx, Field, IconButton } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { texts } from "../../texts/guest/index.ts";

const { simulator: words } = texts;

interface PhonesProps {
  readonly phones: readonly string[];
  readonly shown: string;
  readonly onOpen: (phone: string) => void;
  readonly onAdd: (phone: string) => void;
  readonly onRemove: (phone: string) => void;
}

/** The phones that one plays. */
export function Phones({ phones, shown, onOpen, onAdd, onRemove }: PhonesProps) {
  const [number, setNumber] = useState("");
  const [isWrong, setWrong] = useState(false);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const phone = number.replace(/[^+\d]/g, "");
    setWrong(!/^\+?\d{6,15}$/.test(phone));
    if (!/^\+?\d{6,15}$/.test(phone)) return;
    onAdd(phone);
    setNumber("");
  };
  return (
    <section aria-labelledby="phones" className="flex flex-col gap-3">
      <h2 id="phones" className="text-lg font-bold">
        {words.phones}
      </h2>
      <ul className="flex flex-wrap gap-2 lg:flex-col">
        {phones.map((phone) => (
          <li key={phone} className={cx("flex items-center rounded-2xl border-2", phone === shown ? "border-brand bg-brand-soft text-brand-strong" : "border-line bg-card")}>
            <button type="button" aria-pressed={phone === shown} aria-label={words.open(phone)} onClick={() => onOpen(phone)} className="min-h-12 flex-1 pr-1 pl-4 text-left font-semibold">
              {phone}
            </button>
            {phones.length > 1 && (
              <IconButton label={words.remove(phone)} onClick={() => onRemove(phone)}>
                <CloseIcon className="size-4" />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      <details className="rounded-2xl border border-line px-4 open:pb-4">
        <summary className="flex min-h-12 cursor-pointer items-center font-semibold">{words.add}</summary>
        <form noValidate onSubmit={submit} className="flex flex-col gap-2">
          <Field label={words.number} type="tel" placeholder="+61 491 570 …" value={number} error={isWrong ? words.needsNumber : null} onChange={(event) => setNumber(event.target.value)} />
          <Button type="submit" look="soft">
            {words.addNow}
          </Button>
        </form>
      </details>
    </section>
  );
}
