import { cx } from "@livefloor/ui";
import { useRef, useState, type PointerEvent, type ReactNode } from "react";

/** How far a finger goes before it counts, and where it is sure to be no scrolling. */
const FAR_PX = 96;
const SURE_PX = 16;

interface SwipeProps {
  /** What a swipe does, shown beside the card while the finger is on its way. */
  readonly label: string;
  readonly onSwipe: () => void;
  readonly children: ReactNode;
}

/** A card that a finger can push aside to take its last step back; its buttons do the same. */
export function Swipe({ label, onSwipe, children }: SwipeProps) {
  const [shift, setShift] = useState(0);
  const from = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const end = (event: PointerEvent): void => {
    if (from.current === null) return;
    const far = event.type === "pointerup" && Math.abs(event.clientX - from.current.x) >= FAR_PX;
    from.current = null;
    setShift(0);
    if (far) onSwipe();
  };
  return (
    <div className="relative">
      {shift !== 0 && (
        <span aria-hidden="true" className={cx("absolute inset-0 flex items-center rounded-tile bg-held-soft px-4 text-lg font-bold text-held", shift < 0 && "justify-end")}>
          {label}
        </span>
      )}
      <div
        className={cx("relative touch-pan-y", shift === 0 && "transition-transform")}
        style={shift === 0 ? undefined : { transform: `translateX(${shift}px)` }}
        onPointerDown={(event) => {
          if (event.pointerType !== "mouse" && event.isPrimary) from.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={(event) => {
          if (from.current === null) return;
          const way = event.clientX - from.current.x;
          if (Math.abs(way) > SURE_PX) {
            event.currentTarget.setPointerCapture(event.pointerId);
            setShift(way);
          }
        }}
        onPointerUp={end}
        onPointerCancel={end}
      >
        {children}
      </div>
    </div>
  );
}
