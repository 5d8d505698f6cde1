import { Button, Choices, Countdown, Notice, secondsUntil, Sheet, toast, useNow } from "@livefloor/ui";
import { useState } from "react";

import { useAct } from "../../model/hooks.ts";
import { texts } from "../../texts/desk/index.ts";
import { texts as shared } from "../../texts/index.ts";
import { issueCode, type IssuedCode, type PersonFile, type Purpose } from "./api.ts";
import { codeText, validText } from "./lock-state.ts";
import { Refused } from "./panel.tsx";

const { code: words } = texts.people;

/** Make a code for somebody who stands at the desk. It is gone with the sheet. */
export function CodeSheet({ person, onClose }: { readonly person: PersonFile; readonly onClose: () => void }) {
  const [purpose, setPurpose] = useState<Purpose>("pin_reset");
  const issue = useAct(issueCode);
  return (
    <Sheet title={words.title} description={[person.display_name, person.student_id].filter(Boolean).join(" · ")} closeLabel={shared.close} onClose={onClose}>
      {issue.data === undefined ? (
        <div className="flex flex-col gap-4">
          <Notice>{words.text}</Notice>
          <Choices
            legend={words.purpose}
            value={purpose}
            onChange={setPurpose}
            choices={[
              { value: "pin_reset", label: words.purposes.pin_reset },
              { value: "sign_in", label: words.purposes.sign_in },
            ]}
          />
          <Refused error={issue.error} />
          <Button busy={issue.isPending && words.making} onClick={() => issue.mutate({ id: person.id, purpose })}>
            {words.make}
          </Button>
        </div>
      ) : (
        <ShownCode issued={issue.data} purpose={words.purposes[purpose]} onDone={onClose} onAgain={() => issue.reset()} />
      )}
    </Sheet>
  );
}

interface ShownCodeProps {
  readonly issued: IssuedCode;
  readonly purpose: string;
  readonly onDone: () => void;
  readonly onAgain: () => void;
}

function ShownCode({ issued: { code, expires_at }, purpose, onDone, onAgain }: ShownCodeProps) {
  const now = useNow();
  if (secondsUntil(expires_at, now) === 0) {
    return (
      <div className="flex flex-col gap-3">
        <Notice tone="done" role="alert">
          {words.over}
        </Notice>
        <Button onClick={onAgain}>{words.make}</Button>
      </div>
    );
  }
  // Missing on plain http outside localhost; then the code is read out.
  const clipboard = (navigator as Partial<Navigator>).clipboard;
  const copy = async (): Promise<void> => {
    await clipboard?.writeText(code);
    toast(words.copied, "good");
  };
  return (
    <div className="flex flex-col gap-4">
      <div role="status" className="rounded-2xl bg-brand-soft px-4 py-5 text-center text-brand-strong">
        <p className="text-sm font-semibold">{purpose}</p>
        <p className="text-5xl leading-tight font-bold tracking-wider whitespace-nowrap max-[379px]:text-4xl">
          <span aria-hidden="true">{codeText(code)}</span>
          <span className="sr-only">{words.spoken(code.replace(/(?!^)\d/g, " $&"))}</span>
        </p>
        <p className="mt-1 text-sm font-medium">
          {validText(expires_at)} · <Countdown until={expires_at} className="font-bold" />
        </p>
      </div>
      <p className="text-sm text-muted">{words.shown}</p>
      <div className="flex gap-2">
        {clipboard !== undefined && (
          <Button look="soft" className="flex-1" onClick={() => void copy().catch(() => undefined)}>
            {words.copy}
          </Button>
        )}
        <Button look="quiet" className="flex-1" onClick={onDone}>
          {words.done}
        </Button>
      </div>
    </div>
  );
}
