import { useState } from "react";

import { texts } from "../../texts/crew/index.ts";

const KEY = "livefloor-coffee replies";
const MOST = 8;

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}

/** Replies that are given often: ours, and those kept on this device; the newest of these first. */
export function useSavedReplies(): { readonly replies: readonly string[]; readonly keep: (reply: string) => void } {
  const [own, setOwn] = useState(read);
  const keep = (reply: string): void => {
    const next = [reply, ...own.filter((one) => one !== reply)].slice(0, MOST);
    setOwn(next);
    localStorage.setItem(KEY, JSON.stringify(next));
  };
  return { replies: [...own, ...texts.messages.quick.filter((one) => !own.includes(one))], keep };
}
