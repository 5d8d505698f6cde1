import * as Dialog from "@radix-ui/react-dialog";
import { useState, type ReactNode } from "react";

import { cx } from "./cx.ts";
import { CloseIcon } from "./icons.tsx";

const PANEL =
  "fixed z-40 flex max-h-[92dvh] flex-col bg-raised shadow-sheet outline-none animate-rise inset-x-0 bottom-0 rounded-t-3xl " +
  "md:inset-auto md:top-1/2 md:left-1/2 md:max-h-[88dvh] md:w-full md:max-w-md md:-translate-x-1/2 md:-translate-y-1/2 md:rounded-3xl md:animate-fade";

/** Give the focus back to what opened a sheet; when that is gone, to the content of the page. */
function focusAgain(opener: Element | null): void {
  if (opener instanceof HTMLElement && opener !== document.body && opener.isConnected) {
    opener.focus({ preventScroll: true });
    return;
  }
  const content = document.querySelector("main");
  if (content === null) return;
  content.tabIndex = -1;
  content.focus({ preventScroll: true });
}

export interface SheetProps {
  readonly title: string;
  /** A line under the title; read out when the sheet opens. */
  readonly description?: ReactNode;
  readonly closeLabel: string;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** A dialog that comes up from the bottom on a phone and stands in the middle of a desktop. */
export function Sheet({ title, description, closeLabel, icon, children, onClose }: SheetProps) {
  // Sheets are opened by routes and state as well as by buttons, so the dialog knows no trigger to give the focus back to.
  const [opener] = useState(() => document.activeElement);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 animate-fade bg-shade" />
        <Dialog.Content
          className={PANEL}
          onOpenAutoFocus={(event) => {
            // The sheet itself, so that its title is read first and no button looks chosen.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            focusAgain(opener);
          }}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <header className="flex items-center gap-3 px-5 pt-4 pb-3">
            {icon}
            <div className="min-w-0 flex-1">
              <Dialog.Title className="text-xl font-bold">{title}</Dialog.Title>
              {description !== undefined && (
                <Dialog.Description asChild>
                  <div className="text-sm text-muted">{description}</div>
                </Dialog.Description>
              )}
            </div>
            <Dialog.Close
              aria-label={closeLabel}
              className="-mr-2 inline-flex size-12 shrink-0 items-center justify-center self-start rounded-2xl text-muted hover:bg-off-soft"
            >
              <CloseIcon />
            </Dialog.Close>
          </header>
          <div className={cx("overflow-y-auto px-5 pb-[max(1.25rem,env(safe-area-inset-bottom))]")}>{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export interface ConfirmProps {
  readonly title: string;
  readonly text: ReactNode;
  readonly closeLabel: string;
  /** The answers, best first; the last one keeps all as it is. */
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** A question before something that cannot be taken back. */
export function Confirm({ title, text, closeLabel, children, onClose }: ConfirmProps) {
  return (
    <Sheet title={title} description={text} closeLabel={closeLabel} onClose={onClose}>
      <div className="flex flex-col gap-2 pt-2">{children}</div>
    </Sheet>
  );
}
