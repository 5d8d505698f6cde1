import { done } from "@livefloor/api";
import { Button, ClockIcon, IconButton, LookChoices, Sheet, SignOutIcon, UserIcon, WarningIcon } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";

import { useSession } from "../../model/hooks.ts";
import { api, keeper } from "../../model/services.ts";
import { texts } from "../../texts/index.ts";

/** Close the session here at once; the server is told, but nobody has to wait for it to leave. */
async function signOut(): Promise<void> {
  try {
    await done(api.http.POST("/api/v1/auth/logout", { body: {} }));
  } finally {
    keeper.drop();
  }
}

/** Who is signed in, the pages that are not in the bar, language, light or dark, and the way out. */
export function AccountMenu() {
  const [open, setOpen] = useState(false);
  const user = useSession()?.user;
  const leave = useMutation({ mutationFn: signOut });
  if (user === undefined) return null;
  const { account } = texts;
  const close = (): void => setOpen(false);
  return (
    <>
      <IconButton label={account.open} onClick={() => setOpen(true)}>
        <UserIcon />
      </IconButton>
      {open && (
        <Sheet
          title={user.display_name}
          description={[account.roles[user.role], user.student_id].filter(Boolean).join(" · ")}
          closeLabel={texts.close}
          onClose={close}
        >
          <div className="flex flex-col gap-5 pt-1">
            <nav aria-label={account.links} className="flex flex-col divide-y divide-line rounded-2xl border border-line">
              <MenuLink to="/profile" onFollow={close} icon={<UserIcon className="size-5" />} text={texts.nav.profile} />
              <MenuLink to="/report" onFollow={close} icon={<WarningIcon className="size-5" />} text={texts.nav.report} />
              <MenuLink to="/quiet-times" onFollow={close} icon={<ClockIcon className="size-5" />} text={texts.nav.quietTimes} />
            </nav>
            <LookChoices texts={account} />
            <Button look="quiet" busy={leave.isPending && account.signingOut} onClick={() => leave.mutate()}>
              <SignOutIcon className="size-5" />
              {account.signOut}
            </Button>
          </div>
        </Sheet>
      )}
    </>
  );
}

interface MenuLinkProps {
  readonly to: "/profile" | "/report" | "/quiet-times";
  readonly icon: ReactNode;
  readonly text: string;
  readonly onFollow: () => void;
}

function MenuLink({ to, icon, text, onFollow }: MenuLinkProps) {
  return (
    <Link to={to} onClick={onFollow} className="flex min-h-12 items-center gap-3 px-4 font-semibold first:rounded-t-2xl last:rounded-b-2xl hover:bg-off-soft">
      {icon}
      {text}
    </Link>
  );
}
