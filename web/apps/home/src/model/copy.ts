import { toast } from "@livefloor/ui";

import { texts } from "../texts/index.ts";

/** Put a text on the clipboard and say so. On plain http outside localhost the browser has none to offer. */
export async function copy(text: string, what: string): Promise<void> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  try {
    if (clipboard === undefined) throw new Error("no clipboard");
    await clipboard.writeText(text);
    toast(texts.copied(what), "good");
  } catch {
    toast(texts.notCopied, "bad");
  }
}
