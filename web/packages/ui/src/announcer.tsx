import { useEffect, useRef, useState } from "react";

import { secondsUntil, useNow } from "./clock.tsx";

let announce: (text: string) => void = () => undefined;

/** Say something politely to screen readers. */
export function say(text: string): void {
  announce(text);
}

/** The one polite live region of a page. */
export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => {
    announce = (next) => setText((last) => (last === next ? `${next} ` : next));
    return () => {
      announce = () => undefined;
    };
  }, []);
  return (
    <div aria-live="polite" className="sr-only">
      {text}
    </div>
  );
}

const MARKS = [5, 1, 0];

export interface Watched {
  readonly key: string;
  readonly until: string;
  /** The sentence for 5, 1 or 0 minutes left. */
  text(minutes: number): string;
}

/** Announce countdowns at 5, 1 and 0 minutes, each mark once and only when it is crossed while watching. */
export function useAnnouncedCountdowns(watched: readonly Watched[]): void {
  const now = useNow();
  const seen = useRef(new Map<string, number>());
  useEffect(() => {
    const left = new Map<string, number>();
    for (const item of watched) {
      const seconds = secondsUntil(item.until, now);
      const before = seen.current.get(item.key);
      const mark = before === undefined ? undefined : MARKS.find((minutes) => before > minutes * 60 && seconds <= minutes * 60);
      if (mark !== undefined) say(item.text(mark));
      left.set(item.key, seconds);
    }
    seen.current = left;
  }, [watched, now]);
}
