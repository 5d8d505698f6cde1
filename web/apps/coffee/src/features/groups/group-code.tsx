import { base } from "@livefloor/base";
import { generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";

import { texts } from "../../texts/group/index.ts";

interface GroupCodeProps {
  readonly code: string;
  readonly name: string;
  readonly isOpen: boolean;
}

/** The code of a group, to say and to scan. */
export function GroupCode({ code, name, isOpen }: GroupCodeProps) {
  const address = `${base}g/${code}`;
  const image = generate(address);
  return (
    <section aria-label={texts.page.code} className="flex flex-wrap items-center gap-5 rounded-tile border border-line bg-card p-4 shadow-card">
      {/* Always dark on light: that is what cameras read. */}
      <div className="rounded-2xl bg-on-turn p-2 text-on-white">
        <svg role="img" aria-label={texts.page.qr(name)} viewBox={`-1 -1 ${image.size + 2} ${image.size + 2}`} shapeRendering="crispEdges" className="size-40">
          <path d={toSvgPath(image)} fill="currentColor" fillRule="evenodd" />
        </svg>
      </div>
      <div className="min-w-52 flex-1">
        <p className="text-4xl font-extrabold tracking-widest">{code}</p>
        <p className="mt-1 font-semibold">{isOpen ? texts.page.join : texts.page.watch}</p>
        <p className="text-sm wrap-anywhere text-muted">{address}</p>
      </div>
    </section>
  );
}
