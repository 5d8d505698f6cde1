import { texts as shared } from "../../texts/index.ts";
import { texts } from "../../texts/student/index.ts";
import type { Who } from "../../texts/student/en.ts";
import type { Activity } from "./api.ts";

const { activity } = texts;
const { said } = activity;

/** What a line says, in the language of the page. Its fields tell who and where; only a place, a reason or a kind is taken from the server's words. */
export function say(line: Activity, userId: string): string {
  const { details } = line;
  const who = whoOf(line, userId);
  const byStaff = / by staff\b/.test(details);
  const type = line.machine_type ?? "washer";
  const machine = line.machine_id === null ? shared.kinds[type].One : shared.machine(type, line.machine_id);
  const because = (sentence: string): string => {
    const reason = after(details, ": ");
    return reason === "" ? sentence : activity.because(sentence, reason);
  };

  switch (line.activity_type) {
    case "machine_started":
      return said.started(who, machine);
    case "machine_extended":
      return said.extended(who, machine);
    case "machine_completed":
      return said.completed(who, machine);
    case "machine_ended":
      return byStaff ? because(said.endedByStaff(who, machine)) : said.ended(who, machine);
    case "machine_cancelled":
      if (byStaff) return because(said.cancelledByStaff(who, machine));
      return details.includes("called off") ? said.aborted(who, machine) : said.cancelled(who, machine);
    case "laundry_collected":
      return byStaff ? because(said.collectedByStaff(who, machine)) : said.collected(who, machine);
    case "laundry_moved":
      return moved(details, who, machine);
    case "status_reported":
      return said.seen(who, machine, after(details, " seen "));
    case "machine_disabled":
      return because(details.includes("your load was stopped") ? said.stopped(machine) : said.disabled(machine));
    case "machine_enabled":
      return because(said.enabled(machine));
    case "joined_waitlist":
      return said.joined(who, type);
    case "left_waitlist":
      if (details.includes("list: removed")) return because(said.removed(type)).replace(": removed", "");
      return details.includes("became too old") ? said.expired(type) : said.left(who, type);
    case "waitlist_called":
      return said.called(who, machine);
    case "waitlist_fulfilled":
      return said.fulfilled(who, type);
    case "fault_reported":
      return details.endsWith("(your report)") ? said.ownReport(machine, kindOf(details)) : said.reported(machine, kindOf(details));
    case "fault_resolved":
      return said.resolved(machine, kindOf(details));
    case "waitlist_no_show":
      return said.noShow(machine);
    case "waitlist_passed":
      return said.passed(type);
    case "profile_updated":
      return said.profile;
    case "pin_changed":
      return said.pin;
    case "signed_in":
      return details.includes("new device") ? said.signedInNew : said.signedIn;
    case "nudged":
      return said.nudged(machine);
    default:
      return details;
  }
}

function whoOf({ user_id, display_name }: Activity, userId: string): Who {
  return { name: display_name, isMe: user_id === userId, isFormer: user_id === null && display_name !== null };
}

function after(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? "" : text.slice(at + mark.length);
}

function moved(details: string, who: Who, machine: string): string {
  const put = after(details, "put away by staff to ");
  if (put !== "") return said.movedByStaff(who, machine, put);
  const byStaff = details.endsWith(" by staff");
  const place = after(byStaff ? details.slice(0, -" by staff".length) : details, "moved to ");
  if (place === "") return byStaff ? said.foundEmptyByStaff(machine) : said.foundEmpty(who, machine);
  return byStaff ? said.movedByStaff(who, machine, place) : said.moved(who, machine, place);
}

/** `Dryer 4: not heating resolved` names its kind in words; the code is the same with underscores. */
function kindOf(details: string): string {
  const words = after(details, ": ").replace(/ \(your report\)$| resolved$/, "");
  const code = words.replaceAll(" ", "_");
  return code in shared.faults.kinds ? shared.faults.kinds[code as keyof typeof shared.faults.kinds] : words;
}
