import { Skeleton } from "@livefloor/ui";

import { NotificationList } from "../features/notifications/notification-list.tsx";
import { RoomLoaded } from "./room-page.tsx";

export function NotificationsPage() {
  return (
    <div className="mx-auto max-w-xl">
      <RoomLoaded skeleton={<Skeleton className="h-64" />}>
        <NotificationList />
      </RoomLoaded>
    </div>
  );
}
