import { Button, Refusal, Sheet } from "@livefloor/ui";
import { useState, type SyntheticEvent } from "react";

import { useAct } from "../act.ts";
import { ALL, refusalOf, refusedFields, type WebhookCalls } from "./calls.ts";
import { WebhookFields, wrongIn, type Typed } from "./fields.tsx";
import { webhookTexts as texts } from "./texts.ts";

interface AddWebhookProps {
  readonly calls: WebhookCalls;
  readonly onAdded: (secret: string) => void;
  readonly onClose: () => void;
}

export function AddWebhook({ calls, onAdded, onClose }: AddWebhookProps) {
  const [typed, setTyped] = useState<Typed>({ url: "", description: "", events: [ALL] });
  const [isTried, setTried] = useState(false);
  const add = useAct(calls.create, ({ secret }) => onAdded(secret));
  const wrong = wrongIn(typed);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length > 0 || add.isPending) return;
    add.mutate({ url: typed.url.trim(), description: typed.description.trim(), events: [...typed.events] });
  };
  return (
    <Sheet title={texts.add} closeLabel={texts.close} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <WebhookFields
          calls={calls}
          typed={typed}
          errors={{ ...refusedFields(add.error), ...(isTried ? wrong : {}) }}
          set={(change) => {
            setTyped({ ...typed, ...change });
            if (add.isError) add.reset();
          }}
        />
        <Refusal error={refusalOf(add.error)} />
        <Button type="submit" busy={add.isPending && texts.adding}>
          {texts.add}
        </Button>
      </form>
    </Sheet>
  );
}
