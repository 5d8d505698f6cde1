import { useId } from "react";

import { cx } from "./cx.ts";

/** How a machine looks from the outside. Each has a colour and a shape of its own. */
export type PortholeLook = "free" | "yours" | "held" | "running" | "done" | "late" | "off" | "unknown";

interface Paint {
  readonly glass: string;
  readonly ring: string;
  readonly text: string;
}

const PAINTS: Record<PortholeLook, Paint> = {
  free: { glass: "fill-free-soft", ring: "stroke-free", text: "fill-free" },
  yours: { glass: "fill-brand-soft", ring: "stroke-brand", text: "fill-brand-strong" },
  held: { glass: "fill-held-soft", ring: "stroke-held", text: "fill-held" },
  running: { glass: "fill-running-soft", ring: "stroke-running", text: "fill-running" },
  done: { glass: "fill-done-soft", ring: "stroke-done", text: "fill-done" },
  late: { glass: "fill-done-soft", ring: "stroke-done", text: "fill-done" },
  off: { glass: "fill-off-soft", ring: "stroke-off", text: "fill-off" },
  unknown: { glass: "fill-off-soft", ring: "stroke-edge", text: "fill-off" },
};

const BADGES: Partial<Record<PortholeLook, string>> = {
  free: "M44.5 49.5l3.2 3.2 6-6.4",
  yours: "M44.5 49.5l3.2 3.2 6-6.4",
  held: "M49 45v4.5l3 2",
  done: "M49 44.5v5.5M49 53.5v.01",
  late: "M49 44.5v5.5M49 53.5v.01",
  off: "M45 45l8 8",
};

const RADIUS = 26;
const ROUND = 2 * Math.PI * RADIUS;

export interface PortholeProps {
  readonly number: number;
  readonly look: PortholeLook;
  /** How much of the cycle is over, 0..1; only drawn while running. */
  readonly progress?: number;
  readonly className?: string;
}

/** The round door of a machine with its number behind the glass. Decoration: the words are beside it. */
export function Porthole({ number, look, progress = 0, className = "size-14" }: PortholeProps) {
  const clip = useId();
  const paint = PAINTS[look];
  const badge = BADGES[look];
  const isRunning = look === "running";
  const dashes = look === "held" || look === "yours" ? "7 4.5" : look === "off" || look === "unknown" ? "2 5" : undefined;
  return (
    <svg aria-hidden="true" viewBox="0 0 60 60" className={cx("shrink-0", className)}>
      <circle cx="30" cy="30" r="22" className={paint.glass} />
      {isRunning && (
        <>
          <clipPath id={clip}>
            <circle cx="30" cy="30" r="22" />
          </clipPath>
          <g clipPath={`url(#${clip})`}>
            <path d="M-10 36q10-5 20 0t20 0 20 0 20 0V60H-10Z" className="animate-sway fill-running opacity-20" />
          </g>
        </>
      )}
      <circle cx="30" cy="30" r={RADIUS} fill="none" strokeWidth="4" className={isRunning ? "stroke-line" : paint.ring} strokeDasharray={dashes} />
      {isRunning && (
        <circle
          cx="30"
          cy="30"
          r={RADIUS}
          fill="none"
          strokeWidth="4"
          strokeLinecap="round"
          className={paint.ring}
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - Math.min(1, Math.max(0.02, progress)))}
          transform="rotate(-90 30 30)"
        />
      )}
      <text x="30" y="31" textAnchor="middle" dominantBaseline="central" fontSize={number > 9 ? 19 : 23} fontWeight="750" className={paint.text}>
        {number}
      </text>
      {badge !== undefined && (
        <g className={paint.ring}>
          <circle cx="49" cy="49" r="9.5" strokeWidth="2" className="fill-card" />
          <path d={badge} fill="none" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" />
        </g>
      )}
    </svg>
  );
}
