import { Button, Sheet, toast } from "@livefloor/ui";

import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/lead/index.ts";

const { users: words } = texts;

/** A password that holds once, shown once. */
export function OncePassword({ name, password, onClose }: { readonly name: string; readonly password: string; readonly onClose: () => void }) {
  const copy = (): void => {
    // Missing on plain http outside localhost: then it is read off.
    const clipboard = (navigator as Partial<Navigator>).clipboard;
    void clipboard?.writeText(password).then(() => toast(words.copied, "good"));
  };
  return (
    <Sheet title={words.onceTitle(name)} description={words.onceText} closeLabel={common.close} onClose={onClose}>
      <div className="flex flex-col gap-3 pt-2">
        <p className="rounded-2xl border border-edge bg-card px-4 py-3 text-center font-mono text-2xl font-bold tracking-wide wrap-anywhere select-all">{password}</p>
        <Button look="soft" onClick={copy}>
          {words.copy}
        </Button>
        <Button onClick={onClose}>{words.done}</Button>
      </div>
    </Sheet>
  );
}
