import { done } from "@livefloor/api";
import { AccountMenu as Menu } from "@livefloor/base/account";
import { ClockIcon, UserIcon, WarningIcon } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useSession } from "../../model/hooks.ts";
import { api, keeper } from "../../model/services.ts";
import { texts } from "../../texts/index.ts";

/** Who is signed in, the pages that are not in the bar, language, light or dark, and the way out. */
export function AccountMenu() {
  const user = useSession()?.user;
  if (user === undefined) return null;
  const { account } = texts;
  const description = [account.roles[user.role], user.student_id].filter(Boolean).join(" · ");
  return (
    <Menu title={user.display_name} description={description} words={account} closeLabel={texts.close} keeper={keeper} signOut={() => done(api.http.POST("/api/v1/auth/logout", { body: {} }))}>
      {(close) => (
        <nav aria-label={account.links} className="flex flex-col divide-y divide-line rounded-2xl border border-line">
          <MenuLink to="/profile" onFollow={close} icon={<UserIcon className="size-5" />} text={texts.nav.profile} />
          <MenuLink to="/report" onFollow={close} icon={<WarningIcon className="size-5" />} text={texts.nav.report} />
          <MenuLink to="/quiet-times" onFollow={close} icon={<ClockIcon className="size-5" />} text={texts.nav.quietTimes} />
        </nav>
      )}
    </Menu>
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
