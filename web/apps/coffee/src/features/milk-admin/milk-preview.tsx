import type { MilkColor } from "@livefloor/api/coffee";
import { Choices } from "@livefloor/ui";
import { useState } from "react";

import { MilkMark } from "../../model/milk-mark.tsx";
import { texts as common } from "../../texts/index.ts";
import { texts } from "../../texts/settings/index.ts";
import { MATRICES, type Vision } from "./colours.ts";

const VISIONS: readonly Vision[] = ["all", "protan", "deutan", "tritan", "grey"];

/** The milks as they stand on a cup's label, side by side, also as people see them who see fewer colours. */
export function MilkPreview({ milks }: { readonly milks: readonly MilkColor[] }) {
  const [vision, setVision] = useState<Vision>("all");
  const { preview } = texts.milks;
  return (
    <section aria-labelledby="preview" className="rounded-tile border border-line bg-card p-4">
      <h2 id="preview" className="mb-3 text-lg font-bold">
        {preview.title}
      </h2>
      <svg aria-hidden="true" className="absolute size-0">
        {Object.entries(MATRICES).map(([name, values]) => (
          <filter key={name} id={`see-${name}`} colorInterpolationFilters="linearRGB">
            <feColorMatrix type="matrix" values={values} />
          </filter>
        ))}
      </svg>
      <Choices legend={preview.legend} value={vision} onChange={setVision} choices={VISIONS.map((value) => ({ value, label: preview.visions[value] }))} layout="wrap" />
      <ul style={vision === "all" ? {} : { filter: `url(#see-${vision})` }} className="mt-4 grid grid-cols-2 gap-3 sm:grid-cols-3">
        {milks.map((milk) => (
          <li key={milk.code} className="overflow-hidden rounded-2xl border border-line bg-raised">
            <div className="px-3 py-2">
              <span className="block text-lg font-extrabold">A17</span>
              <span className="block text-sm">{common.sized("regular", preview.drink)}</span>
              <span className="block text-sm font-semibold">{milk.enabled ? milk.name : `${milk.name} (${texts.milks.off})`}</span>
            </div>
            <MilkMark milk={milk} className="h-10 text-xl" />
          </li>
        ))}
      </ul>
    </section>
  );
}
