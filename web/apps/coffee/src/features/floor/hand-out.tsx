import type { OrderView } from "@livefloor/api/coffee";
import { Button, Field } from "@livefloor/ui";
import { useState } from "react";

import { useStep } from "../../model/hooks.ts";
import { texts as crew } from "../../texts/crew/index.ts";
import { texts } from "../../texts/index.ts";
import { byNumber } from "./find.ts";

const { floor: words } = crew;

interface HandOutProps {
  readonly words: string;
  /** All cups that are known here, and those that the server has found. */
  readonly orders: readonly OrderView[];
  readonly onWords: (words: string) => void;
}

/** Find a cup as one types; Enter hands out the ready one with this number. */
export function HandOut({ words: typed, orders, onWords }: HandOutProps) {
  const [said, setSaid] = useState<string | null>(null);
  const step = useStep();
  const handOut = (): void => {
    const named = byNumber(orders, typed);
    const ready = named.filter(({ status }) => status === "completed" || status === "uncollected");
    const [other] = named;
    if (ready.length > 0) {
      ready.forEach((order) => step("pick_up", order));
      setSaid(null);
      onWords("");
    } else setSaid(other === undefined ? words.noneByNumber : words.notReady(other.number, texts.queue.statuses[other.status]));
  };
  return (
    <form
      noValidate
      role="search"
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== "") handOut();
      }}
    >
      <Field
        label={texts.floor.search}
        hint={words.handOutHint}
        error={said}
        type="search"
        autoComplete="off"
        autoCapitalize="characters"
        enterKeyHint="done"
        maxLength={40}
        value={typed}
        className="max-w-xl min-w-0 flex-1"
        onChange={(event) => {
          setSaid(null);
          onWords(event.target.value);
        }}
      />
      <Button type="submit" className="mt-6.5 min-h-13 shrink-0">
        {words.handOut}
      </Button>
    </form>
  );
}
