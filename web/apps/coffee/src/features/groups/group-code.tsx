import { base } from "@livefloor/base";
import { QrCode } from "@livefloor/ui/qr-code";

import { texts } from "../../texts/group/index.ts";

interface GroupCodeProps {
  readonly code: string;
  readonly name: string;
  readonly isOpen: boolean;
}

/** The code of a group, to say and to scan. */
export function GroupCode({ code, name, isOpen }: GroupCodeProps) {
  const address = `${base}g/${code}`;
  return (
    <section aria-label={texts.page.code} className="flex flex-wrap items-center gap-5 rounded-tile border border-line bg-card p-4 shadow-card">
      <QrCode address={address} label={texts.page.qr(name)} className="size-44 rounded-2xl" />
      <div className="min-w-52 flex-1">
        <p className="text-4xl font-extrabold tracking-widest">{code}</p>
        <p className="mt-1 font-semibold">{isOpen ? texts.page.join : texts.page.watch}</p>
        <p className="text-sm wrap-anywhere text-muted">{address}</p>
      </div>
    </section>
  );
}
