import { generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";
import { useMemo } from "react";

import { cx } from "./cx.ts";

interface QrCodeProps {
  readonly address: string;
  readonly label: string;
  readonly className?: string;
}

/** An address to scan. Always dark on light, with an edge around it: that is what cameras read. */
export function QrCode({ address, label, className }: QrCodeProps) {
  const image = useMemo(() => generate(address), [address]);
  return (
    <svg role="img" aria-label={label} viewBox={`-2 -2 ${image.size + 4} ${image.size + 4}`} shapeRendering="crispEdges" className={cx("shrink-0 bg-on-turn text-on-white", className)}>
      <path d={toSvgPath(image)} fill="currentColor" fillRule="evenodd" />
    </svg>
  );
}
