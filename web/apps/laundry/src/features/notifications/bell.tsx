import { useOne } from "@livefloor/live";
import { BellIcon } from "@livefloor/ui";
import { Link } from "@tanstack/react-router";

import { store } from "../../model/services.ts";
import { texts } from "../../texts/index.ts";

/** The bell with the number of unread notifications. */
export function Bell() {
  const unread = useOne(store, "counters", "unread")?.unread ?? 0;
  return (
    <Link
      to="/notifications"
      aria-label={texts.notifications.bell(unread)}
      title={texts.notifications.title}
      className="relative inline-flex size-12 items-center justify-center rounded-2xl hover:bg-off-soft"
    >
      <BellIcon />
      {unread > 0 && (
        <span aria-hidden="true" className="absolute top-1 right-1 min-w-5 rounded-full bg-danger px-1 text-center text-xs leading-5 font-bold text-linen">
          {unread > 99 ? "99+" : unread}
        </span>
      )}
    </Link>
  );
}
