import { cx } from "@livefloor/ui";
import { useEffect, useRef, type ReactNode } from "react";

interface PhoneProps {
  /** What is on it: the name of the region. */
  readonly name: string;
  readonly className?: string;
  /** Changes when something new is at the bottom, which is then scrolled to. */
  readonly newest: string | undefined;
  readonly head: ReactNode;
  readonly children: ReactNode;
}

/** A phone with a head that stays and a body that scrolls. */
export function Phone({ name, className, newest, head, children }: PhoneProps) {
  const scrolled = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = scrolled.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
  }, [name, newest]);
  return (
    <section aria-label={name} className={cx("mx-auto flex h-160 max-h-[85dvh] w-full max-w-90 flex-col overflow-hidden rounded-[2.5rem] border-8 border-off shadow-card", className)}>
      {head}
      {/* Without being focusable it could not be scrolled by the keyboard. */}
      <div ref={scrolled} tabIndex={0} role="log" aria-label={name} className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto px-4 pt-2 pb-6 -outline-offset-4">
        {children}
      </div>
    </section>
  );
}
