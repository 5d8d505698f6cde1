import { cx, MoreIcon, Sheet } from "@livefloor/ui";
import { Link, useRouterState } from "@tanstack/react-router";
import { Suspense, useState, type ReactNode } from "react";

import { texts } from "../texts/index.ts";
import type { Section } from "./sections.tsx";

const { nav } = texts;
/** As many as have room beside each other on the narrowest phone. */
const BAR = 5;
const GROUPS = ["lead", "service", "setUp"] as const;
const ITEM = "flex min-h-16 min-w-0 flex-col items-center justify-center gap-0.5 px-0.5 text-center text-[0.6875rem] leading-tight font-semibold hover:bg-off-soft md:min-h-12 md:flex-row md:gap-2 md:rounded-2xl md:px-3 md:text-base";
const HERE = "bg-brand-soft text-brand-strong";

interface NavProps {
  readonly sections: readonly Section[];
  readonly className?: string;
}

/** The pages as a bar: on a phone at the bottom, else in the header. What has no room is in a sheet. */
export function BarNav({ sections, className }: NavProps) {
  const [open, setOpen] = useState(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const shown = sections.length > BAR ? sections.slice(0, BAR - 1) : sections;
  const rest = sections.slice(shown.length);
  return (
    <>
      <nav aria-label={nav.label} className={className}>
        {shown.map(({ to, icon, text, badge }) => (
          <Link key={to} to={to} activeProps={{ className: HERE }} inactiveProps={{ className: "text-muted" }} className={ITEM}>
            {icon}
            <Named text={text} badge={badge} />
          </Link>
        ))}
        {rest.length > 0 && (
          <button
            type="button"
            aria-haspopup="dialog"
            aria-expanded={open}
            className={cx(ITEM, rest.some(({ to }) => path.startsWith(to)) ? HERE : "text-muted")}
            onClick={() => setOpen(true)}
          >
            <MoreIcon />
            {nav.more}
          </button>
        )}
      </nav>
      {open && (
        <Sheet title={nav.label} closeLabel={texts.close} onClose={() => setOpen(false)}>
          <nav aria-label={nav.label}>
            <Groups sections={sections} columns onPick={() => setOpen(false)} />
          </nav>
        </Sheet>
      )}
    </>
  );
}

/** All pages in groups, beside the content of a wide screen. */
export function SideNav({ sections, className }: NavProps) {
  return (
    <nav aria-label={nav.label} className={className}>
      <Groups sections={sections} />
    </nav>
  );
}

interface GroupsProps {
  readonly sections: readonly Section[];
  readonly columns?: boolean;
  readonly onPick?: () => void;
}

function Groups({ sections, columns = false, onPick }: GroupsProps) {
  return GROUPS.map((group) => {
    const own = sections.filter((section) => section.group === group);
    if (own.length === 0) return null;
    return (
      <div key={group} role="group" aria-label={nav.parts[group]} className="mb-4">
        <p aria-hidden="true" className="mb-1 px-3 text-sm font-semibold text-muted">
          {nav.parts[group]}
        </p>
        <ul className={columns ? "grid grid-cols-2 gap-1" : "flex flex-col gap-0.5"}>
          {own.map(({ to, icon, text, badge }) => (
            <li key={to}>
              <Link
                to={to}
                activeProps={{ className: HERE }}
                className="flex min-h-12 items-center gap-3 rounded-2xl px-3 py-1 leading-tight font-semibold hover:bg-off-soft"
                {...(onPick === undefined ? {} : { onClick: onPick })}
              >
                {icon}
                <span className="min-w-0 wrap-anywhere hyphens-auto">
                  <Named text={text} badge={badge} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </div>
    );
  });
}

function Named({ text, badge }: { readonly text: string; readonly badge: ReactNode }) {
  if (badge === undefined) return text;
  return (
    <span className="flex items-center gap-1">
      {text}
      <Suspense>{badge}</Suspense>
    </span>
  );
}
