import { newestOf, type AuditEntry } from "../features/audit/audit.ts";
import { crewQuery } from "../features/staff/api.ts";
import { keeper, queries } from "../model/services.ts";
import { whenText } from "../model/times.ts";
import { texts } from "../texts/admin/index.ts";

const LOOKED_BACK = 20;

/** Who is behind the newest event of this name that is meant, and when: "Aina, 14:05". Null where the log does not tell. */
export async function authorOf(name: string, subject: string, isMeant: (entry: AuditEntry) => boolean): Promise<string | null> {
  try {
    const [items, crew] = await Promise.all([
      newestOf(name, subject, LOOKED_BACK),
      queries.query({ ...crewQuery, staleTime: "static" }),
    ]);
    const entry = items.find(isMeant);
    if (entry === undefined) return null;
    const isOwn = entry.actor.id === keeper.read()?.user.id;
    const who = isOwn ? texts.meanwhile.own : crew.find(({ id }) => id === entry.actor.id)?.display_name;
    return who === undefined ? null : texts.meanwhile.at(who, whenText(entry.at, Date.now()));
  } catch {
    // The name is an extra: without it the form still says that and what was changed.
    return null;
  }
}
