import type { ConversationPage } from "@livefloor/api/coffee";
import { Button, Notice, Suggestions, TextArea, toast } from "@livefloor/ui";
import { useState } from "react";

import { useAct, useIsOffline } from "../../model/hooks.ts";
import { texts } from "../../texts/crew/index.ts";
import { useSavedReplies } from "./saved.ts";
import { reply } from "./talks.ts";

const { messages: words } = texts;
const MOST = 480;
const NEAR_MOST = 320;

/** Write to the guest: by hand, or with a reply that was given before. */
export function ReplyForm({ id, guest }: { readonly id: string; readonly guest: ConversationPage["conversation"]["guest"] }) {
  const [text, setText] = useState("");
  const [isEmpty, setIsEmpty] = useState(false);
  const isOffline = useIsOffline();
  const { replies, keep } = useSavedReplies();
  const send = useAct(reply, () => setText(""));
  const said = text.trim();
  const submit = (): void => {
    setIsEmpty(said === "");
    if (said !== "" && !isOffline) send.mutate({ id, text: said });
  };
  const isNew = said !== "" && !replies.includes(said);
  const isShut = guest.opted_out || guest.blocked;
  return (
    <form
      noValidate
      className="sticky bottom-0 flex flex-col gap-2 border-t border-line bg-linen py-3 max-md:bottom-16"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {isShut && <Notice tone="held">{guest.opted_out ? words.optedOut : words.blocked}</Notice>}
      <div className="-mx-1 flex overflow-x-auto px-1 py-1 *:flex-nowrap *:[&>button]:min-h-12 *:[&>button]:shrink-0">
        <Suggestions label={words.saved} texts={replies} value={text} onPick={setText} />
      </div>
      <div className="flex items-end gap-2">
        <TextArea
          label={words.reply}
          className="min-w-0 flex-1"
          rows={1}
          maxLength={MOST}
          value={text}
          error={isEmpty && said === "" ? words.needsText : (send.error?.message ?? null)}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" className="min-h-13" disabled={isShut || isOffline} busy={send.isPending && words.sending}>
          {words.send}
        </Button>
      </div>
      {isOffline && <p className="text-base text-muted">{texts.offline}</p>}
      {(text.length > NEAR_MOST || isNew) && (
        <p className="flex flex-wrap items-center gap-x-3 text-base text-muted">
          {text.length > NEAR_MOST && words.left(MOST - text.length)}
          {isNew && (
            <button
              type="button"
              className="min-h-12 font-semibold text-brand underline underline-offset-4"
              onClick={() => {
                keep(said);
                toast(words.keptReply);
              }}
            >
              {words.keepReply}
            </button>
          )}
        </p>
      )}
    </form>
  );
}
