import type { Frame } from "@livefloor/live";
import { toast } from "@livefloor/ui";

import { texts } from "../texts/index.ts";
import type { NotificationFrame } from "./frames.ts";
import { clock } from "./services.ts";

const FRESH_MS = 60_000;

/** Say on the screen what has just happened to this person. */
export function newsOf(frame: Frame): void {
  if (frame.event !== "notification_received") return;
  const notification = frame.data as NotificationFrame;
  // After a long sleep the list holds what was missed; a pile of old messages would only be in the way.
  if (notification.change !== "created" || clock.now() - Date.parse(frame.at) > FRESH_MS) return;
  const { title, message } = texts.notifications.said(notification);
  toast(`${title}. ${message}`);
}
