import { expect, test } from "vitest";

import type { Activity } from "../src/features/activity/api.ts";
import { withNewest } from "../src/features/activity/newest.ts";
import { say } from "../src/features/activity/say.ts";

const line = (activity_type: Activity["activity_type"], details: string, more: Partial<Activity> = {}): Activity => ({
  id: "1",
  user_id: "mango",
  display_name: "Mango",
  activity_type,
  machine_type: "washer",
  machine_id: 3,
  details,
  created_at: "2025-03-02T19:00:00Z",
  ...more,
});

test.each<[Activity, string]>([
  [line("machine_started", "Washer 3 for 30 min"), "Mango started Washer 3"],
  [line("machine_completed", "Washer 3 is done"), "Washer 3 is done (Mango)"],
  [line("machine_completed", "Washer 3 is done", { user_id: null, display_name: null }), "Washer 3 is done"],
  [line("machine_ended", "Washer 3 ended by staff: It smokes"), "Staff ended Mango's load in Washer 3: It smokes"],
  [line("machine_cancelled", "Washer 3 called off, it does not work"), "Mango called Washer 3 off: it does not work"],
  [line("laundry_moved", "Washer 3: laundry moved to Basket shelf"), "Mango moved the laundry from Washer 3 to: Basket shelf"],
  [line("laundry_moved", "Washer 3: laundry moved to Basket shelf by staff"), "Staff put Mango's laundry from Washer 3 to: Basket shelf"],
  [line("laundry_moved", "Washer 3: laundry put away by staff to Folding table"), "Staff put Mango's laundry from Washer 3 to: Folding table"],
  [line("laundry_moved", "Washer 3 was found empty"), "Mango found Washer 3 empty"],
  [line("status_reported", "Washer 3 seen full"), "Mango saw Washer 3 full and not running"],
  [line("machine_disabled", "Washer 3 out of order: 3 fault reports", { user_id: null, display_name: null }), "Washer 3 is out of order: 3 fault reports"],
  [line("joined_waitlist", "Washer list", { machine_id: null }), "Mango joined the washer list"],
  [line("left_waitlist", "Washer list: removed: Moved out", { machine_id: null }), "Staff took you out of the washer list: Moved out"],
  [line("waitlist_called", "Washer 3 is kept"), "Washer 3 is kept for Mango"],
  [line("fault_reported", "Washer 3: not draining", { user_id: null, display_name: null }), "Fault reported on Washer 3: Does not drain"],
  [line("fault_resolved", "Washer 3: burning smell resolved"), "Fault on Washer 3 resolved: Burning smell"],
  [line("machine_started", "Washer 3 for 30 min", { user_id: null, display_name: "Former student" }), "A former student started Washer 3"],
])("%o", (activity, text) => {
  expect(say(activity, "otter")).toBe(text);
});

test("the reader is spoken to", () => {
  expect(say(line("machine_started", "Washer 3 for 30 min"), "mango")).toBe("You started Washer 3");
  expect(say(line("fault_reported", "Washer 3: noise (your report)"), "mango")).toBe("You reported a fault on Washer 3: Noise");
});

const page = (...ids: string[]) => ({ items: ids.map((id) => ({ id })) });

test("new lines come on top of those that are there", () => {
  const loaded = { pages: [page("4", "3"), page("2", "1")], pageParams: [null, "c"] };
  expect(withNewest(loaded, page("6", "5", "4")).pages).toEqual([page("6", "5", "4", "3"), page("2", "1")]);
  expect(withNewest(loaded, page("4", "3"))).toEqual(loaded);
});

test("a gap is not papered over", () => {
  const loaded = { pages: [page("2", "1")], pageParams: [null] };
  expect(withNewest(loaded, page("9", "8")).pages).toEqual([page("9", "8")]);
  expect(withNewest({ pages: [page()], pageParams: [null] }, page("1")).pages).toEqual([page("1")]);
});
