import { useChatNews } from "../features/chat/unread-badge.tsx";
import { useTextNews } from "../features/messages/unread-badge.tsx";

/** Hears the chat and the texts of guests wherever one is. */
export function News() {
  useChatNews();
  useTextNews();
  return null;
}
