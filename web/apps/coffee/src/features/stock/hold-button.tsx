import { buttonClass, cx } from "@livefloor/ui";
import { useEffect, useRef, useState, type ReactNode } from "react";

const HOLD_MS = 1_000;

interface HoldButtonProps {
  /** What happens after the hold; a short tap asks instead. */
  readonly label: string;
  readonly hint: string;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
  readonly onHeld: () => void;
  readonly onTap: () => void;
}

/** A button that acts when it is held for a second, with a finger or with Enter or Space; a short tap asks first. */
export function HoldButton({ label, hint, disabled = false, className, children, onHeld, onTap }: HoldButtonProps) {
  const [isHeld, setIsHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const wasHeld = useRef(false);
  const end = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setIsHeld(false);
  };
  const begin = (): void => {
    if (timer.current !== undefined || disabled) return;
    wasHeld.current = false;
    setIsHeld(true);
    timer.current = setTimeout(() => {
      wasHeld.current = true;
      end();
      onHeld();
    }, HOLD_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const isKey = (key: string): boolean => key === "Enter" || key === " ";
  return (
    <button
      type="button"
      aria-label={label}
      title={hint}
      disabled={disabled}
      className={buttonClass("danger", cx("relative touch-manipulation overflow-hidden select-none", className))}
      onPointerDown={(event) => event.button === 0 && begin()}
      onPointerUp={end}
      onPointerLeave={end}
      onPointerCancel={end}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event.key)) return;
        event.preventDefault();
        if (!event.repeat) begin();
      }}
      onKeyUp={(event) => {
        if (!isKey(event.key) || timer.current === undefined) return;
        end();
        onTap();
      }}
      onBlur={end}
      onClick={() => {
        // After a hold the finger that leaves is no tap.
        if (!wasHeld.current) onTap();
        wasHeld.current = false;
      }}
    >
      <span aria-hidden="true" style={{ transitionDuration: isHeld ? `${HOLD_MS}ms` : "0ms" }} className={cx("absolute inset-0 origin-left bg-danger-soft transition-transform ease-linear", isHeld ? "scale-x-100" : "scale-x-0")} />
      <span className="relative">{children}</span>
    </button>
  );
}
