import type { Machine } from "@livefloor/api/laundry";

import { isHeldFor, isOverdue, isOwn, lookOf, type Viewer } from "../../model/machines.ts";
import { dateText, timeText } from "../../model/times.ts";
import { texts } from "../../texts/index.ts";

export interface Description {
  /** The state in a word or two. */
  readonly word: string;
  /** What more there is to say, without the running countdown. */
  readonly lines: readonly string[];
  /** End of the countdown to show, if one runs. */
  readonly until: string | null;
  /** All of it in one phrase. */
  readonly phrase: string;
}

const { tile } = texts;

/** Say the state of a machine in words, for this viewer at this moment. */
export function describe(machine: Machine, viewer: Viewer): Description {
  const words = wordsFor(machine, viewer);
  const { word, lines, until } = words;
  const spoken = words.spoken ?? words;
  const owner = isOwn(machine, viewer.userId) ? [tile.yours] : [];
  const reports = machine.report_count > 0 ? [tile.reports(machine.report_count)] : [];
  const phrase = [spoken.word, ...spoken.lines, ...owner, ...reports].map(lowerFirst).join(", ");
  return { word, lines, until, phrase };
}

interface Words {
  readonly word: string;
  readonly lines: readonly string[];
  readonly until: string | null;
  /** What to say instead where the tile shows it in another way. */
  readonly spoken?: { readonly word: string; readonly lines: readonly string[] };
}

function wordsFor(machine: Machine, viewer: Viewer): Words {
  const { now, userId, offline } = viewer;
  const hold = machine.hold;
  switch (machine.status) {
    case "disabled": {
      const out = machine.out_of_order;
      const since = out === null ? [] : [tile.offSince(dateText(out.since))];
      const back = out?.expected_back_at == null ? [] : [tile.back(dateText(out.expected_back_at))];
      const inside = machine.laundry_inside ? [tile.loadInside] : [];
      // Spoken as one sentence: "out of order since 3 Mar, back 7 Mar".
      const spoken = { word: [tile.off, ...since].join(" "), lines: [...back, ...inside] };
      return { word: tile.off, lines: [...since, ...back, ...inside], until: null, spoken };
    }
    case "in_use": {
      const ends = machine.ends_at;
      const leftMs = ends === null ? 0 : Date.parse(ends) - now;
      if (leftMs <= 0) return { word: offline ? tile.shouldBeDone : tile.finishing, lines: [], until: null };
      return { word: tile.running, lines: [], until: ends, spoken: { word: tile.running, lines: [tile.left(Math.round(leftMs / 60_000))] } };
    }
    case "completed": {
      const minutes = Math.max(0, Math.floor((now - Date.parse(machine.completed_at ?? "")) / 60_000)) || 0;
      if (hold !== null && isHeldFor(machine, userId)) {
        return kept(tile.keptForYou, tile.until(timeText(hold.expires_at)), [tile.loadInside]);
      }
      if (!isOverdue(machine, now)) return { word: tile.done, lines: [tile.waitingPickup], until: null };
      return { word: tile.doneAgo(minutes), lines: hold === null ? [tile.pickupOver] : [tile.kept + " " + tile.nextInLine], until: null };
    }
    case "available": {
      const look = lookOf(machine, viewer);
      if (look === "free") return { word: tile.free, lines: [], until: null };
      if (look === "unknown" || hold === null) return { word: tile.unknown, lines: [], until: null };
      const until = tile.until(timeText(hold.expires_at));
      return kept(look === "yours" ? tile.keptForYou : tile.kept, until, []);
    }
  }
}

function kept(word: string, until: string, more: readonly string[]): Words {
  return { word, lines: [until, ...more], until: null, spoken: { word: `${word} ${until}`, lines: more } };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
