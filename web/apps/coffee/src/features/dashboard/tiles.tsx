import type { Tiles } from "@livefloor/api/coffee";
import { FigureCards, useNow, type Figure } from "@livefloor/ui";

import { texts } from "../../texts/lead/index.ts";

const { tiles: words } = texts.dashboard;
const minutesOf = (seconds: number | null): string => (seconds === null ? texts.none : texts.minutes(Math.round(seconds / 60)));

interface TileBoardProps {
  readonly tiles: Tiles;
  /** When the cup was ordered that waits longest. */
  readonly oldest: string | null;
}

/** How it stands now (section 9). The longest wait goes on between two ticks. */
export function TileBoard({ tiles, oldest }: TileBoardProps) {
  const now = useNow(10_000);
  const longest = oldest === null ? tiles.longest_wait_seconds : Math.max(0, (now - Date.parse(oldest)) / 1000);
  const { low = 0, critical = 0, out = 0 } = tiles.items;
  const { open = 0, paused = 0, offline = 0, closed = 0 } = tiles.stations;
  const figures: readonly Figure[] = [
    { name: words.open, value: tiles.open_cups, hint: words.late(tiles.late_cups), isAlarming: tiles.late_cups > 0 },
    { name: words.longest, value: minutesOf(longest) },
    { name: words.median, value: minutesOf(tiles.median_wait_seconds), hint: words.medianHint },
    { name: words.pace, value: tiles.throughput_per_hour, hint: words.paceHint },
    { name: words.ready, value: tiles.ready_not_collected },
    { name: words.made, value: tiles.completed_today },
    { name: words.stock, value: low + critical + out, hint: words.stockHint(low, critical, out), isAlarming: critical + out > 0 },
    { name: words.stations, value: open, hint: words.stationsHint(paused, offline, closed), isAlarming: open === 0 },
    { name: words.staff, value: tiles.staff_present, hint: words.staffHint(tiles.staff_planned), isAlarming: tiles.staff_present < tiles.staff_planned },
    capOf(tiles),
    { name: words.texts, value: tiles.texts_failing, hint: words.textsHint, isAlarming: tiles.texts_failing > 0 },
  ];
  return <FigureCards figures={figures} className="grid-cols-2 md:grid-cols-3 xl:grid-cols-4 2xl:grid-cols-6" />;
}

function capOf({ cap_used: used, cup_cap: cap }: Tiles): Figure {
  if (cap === null) return { name: words.cap, value: texts.none, hint: words.noCap(used ?? 0) };
  const share = Math.round((100 * (used ?? 0)) / Math.max(1, cap));
  return { name: words.cap, value: `${share} %`, hint: words.capHint(used ?? 0, cap), isAlarming: share >= 90 };
}
