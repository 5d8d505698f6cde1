import { Button, IconButton, LookChoices, Sheet, SignOutIcon, UserIcon, type LookTexts } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

interface AccountMenuProps {
  /** Who is signed in. */
  readonly title: string;
  readonly description: string;
  readonly words: LookTexts & { readonly open: string; readonly signOut: string; readonly signingOut: string };
  readonly closeLabel: string;
  /** Tells the server; nobody has to wait for it to leave. */
  readonly signOut: () => Promise<unknown>;
  readonly keeper: { readonly drop: () => void };
  /** What the system has besides; it may close the sheet. */
  readonly children: (close: () => void) => ReactNode;
}

/** Who is signed in, what the system has besides, language, light or dark, and the way out. */
export function AccountMenu({ title, description, words, closeLabel, signOut, keeper, children }: AccountMenuProps) {
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  // The session here is closed whatever the server says.
  const leave = useMutation({ mutationFn: () => signOut().finally(keeper.drop) });
  return (
    <>
      <IconButton label={words.open} onClick={() => setOpen(true)}>
        <UserIcon />
      </IconButton>
      {open && (
        <Sheet title={title} description={description} closeLabel={closeLabel} onClose={close}>
          <div className="flex flex-col gap-5 pt-1">
            {children(close)}
            <LookChoices texts={words} />
            <Button look="quiet" busy={leave.isPending && words.signingOut} onClick={() => leave.mutate()}>
              <SignOutIcon className="size-5" />
              {words.signOut}
            </Button>
          </div>
        </Sheet>
      )}
    </>
  );
}
