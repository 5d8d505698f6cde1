import { cx } from "@livefloor/ui";

import { texts } from "../../texts/group/index.ts";
import { texts as common } from "../../texts/index.ts";
import type { Known, LineFault, ParsedLine } from "./parse.ts";

const { form: words } = texts;

interface LineCheckProps {
  readonly parsed: readonly ParsedLine[];
  readonly known: Known;
  /** What the server said of single cups: `orders.2.milk`. */
  readonly refused: Readonly<Record<string, string>>;
}

function faultText(fault: LineFault): string {
  return "word" in fault ? words.faults[fault.code](fault.word) : words.faults[fault.code]();
}

/** How each line of the list was read. */
export function LineCheck({ parsed, known: { drinks, milks, options }, refused }: LineCheckProps) {
  const bad = parsed.filter(({ fault }) => fault !== null).length;
  const name = (code: string, things: readonly { readonly code: string; readonly name: string }[]): string => things.find((one) => one.code === code)?.name ?? code;
  return (
    <div>
      <p role="status" className={cx("font-semibold", bad > 0 && "text-danger")}>
        {bad > 0 ? words.bad(bad) : words.good(parsed.length)}
      </p>
      <ol className="mt-2 grid gap-x-6 md:grid-cols-2">
        {parsed.map(({ line, name: guest, cup, fault }, place) => {
          const said = fault === null ? Object.entries(refused).find(([field]) => field.startsWith(`orders.${place}.`))?.[1] : faultText(fault);
          return (
            <li key={line} className={cx("flex min-h-10 items-baseline gap-3 border-b border-line py-1.5", said !== undefined && "text-danger")}>
              <span className="shrink-0 text-sm text-muted">{words.line(line)}</span>
              <span className="min-w-0 wrap-anywhere">
                {guest !== "" && <strong>{guest}</strong>}{" "}
                {cup !== null &&
                  [common.sized(cup.size, name(cup.menu_item, drinks)), cup.milk != null && name(cup.milk, milks), ...Object.keys(cup.options ?? {}).map((code) => name(code, options))].filter(Boolean).join(", ")}
                {said !== undefined && <span className="block font-semibold">{said}</span>}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
