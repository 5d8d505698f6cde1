import type { Notification } from "@livefloor/api/laundry";
import { useAll, useOne } from "@livefloor/live";
import { Button, cx, EmptyState, IconButton, Notice, Refusal, TrashIcon, useNow } from "@livefloor/ui";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { store } from "../../model/services.ts";
import { whenText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";
import { readAll, readOne, removeOne } from "./api.ts";
import { PushSwitch } from "./push-switch.tsx";

const MACHINE_LINK = /^\/m\/(washer|dryer)\/(\d+)$/;
const PAGES = ["/", "/mine", "/profile", "/desk"] as const;

/** What this person was told, newest first; read, delete, open. */
export function NotificationList() {
  const all = useAll(store, "notifications") ?? [];
  const unread = useOne(store, "counters", "unread")?.unread ?? 0;
  const newest = [...all].sort((a, b) => b.created_at.localeCompare(a.created_at));
  const clear = useMutation({ mutationFn: readAll });
  return (
    <section>
      <header className="mb-3 flex min-h-12 items-center justify-between gap-3">
        <h1 className="text-2xl font-bold">{texts.notifications.title}</h1>
        {unread > 0 && (
          <Button look="soft" busy={clear.isPending && texts.notifications.reading} onClick={() => clear.mutate()}>
            {texts.notifications.readAll}
          </Button>
        )}
      </header>
      <PushSwitch />
      <Refusal error={clear.error} />
      {newest.length === 0 ? (
        <EmptyState>{texts.notifications.empty}</EmptyState>
      ) : (
        <ul className="flex flex-col gap-2">
          {newest.map((notification) => (
            <NotificationRow key={notification.id} notification={notification} />
          ))}
        </ul>
      )}
    </section>
  );
}

function NotificationRow({ notification }: { readonly notification: Notification }) {
  const navigate = useNavigate();
  const now = useNow(60_000);
  const read = useMutation({ mutationFn: readOne });
  const remove = useMutation({ mutationFn: removeOne });
  const { id, is_read, created_at } = notification;
  const { title, message } = texts.notifications.said(notification);
  const failure = read.error ?? remove.error;

  const open = (): void => {
    if (!is_read) read.mutate(id);
    const [, type, number] = MACHINE_LINK.exec(notification.link) ?? [];
    if (type !== undefined && number !== undefined) void navigate({ to: "/m/$type/$number", params: { type, number } });
    const page = PAGES.find((path) => path === notification.link);
    if (page !== undefined) void navigate({ to: page });
  };

  return (
    <li className={cx("rounded-2xl border bg-card", is_read ? "border-line" : "border-brand")}>
      <div className="flex items-center">
        <button type="button" onClick={open} className="min-h-16 flex-1 rounded-2xl px-4 py-3 text-left">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <span className={is_read ? "font-semibold" : "font-bold"}>{title}</span>
            {!is_read && <span className="rounded-md bg-brand-soft px-1.5 text-xs font-bold text-brand-strong">{texts.notifications.unread}</span>}
            <time dateTime={created_at} className="ml-auto text-xs text-muted">
              {whenText(created_at, now)}
            </time>
          </span>
          <span className="mt-0.5 block text-sm text-muted">{message}</span>
        </button>
        <IconButton label={texts.notifications.remove(title)} disabled={remove.isPending} className="text-muted" onClick={() => remove.mutate(id)}>
          <TrashIcon className="size-5" />
        </IconButton>
      </div>
      {failure && (
        <div className="px-3 pb-3">
          <Notice tone="danger" role="alert">
            {failure.message}
          </Notice>
        </div>
      )}
    </li>
  );
}
