import { expect, test } from "vitest";

import { said } from "../src/texts/notices-de.ts";

const MESSAGES: readonly (readonly [string, string, string, string, string, string])[] = [
  ["cycle_ending", "Washer 3: 5 minutes left", "It is done at 19:21.", "/m/washer/3", "Waschmaschine 3: noch 5 Minuten", "Fertig um 19:21."],
  ["cycle_complete", "Dryer 2 is done", "Collect by 19:16.", "/m/dryer/2", "Trockner 2 ist fertig", "Hol deine Wäsche bis 19:16 ab."],
  ["pickup_reminder", "Collect your laundry from Washer 1", "Done since 19:06. Others may take it out now.", "/m/washer/1", "Hol deine Wäsche aus Waschmaschine 1", "Fertig seit 19:06. Andere dürfen sie jetzt herausnehmen."],
  ["laundry_moved", "Your laundry was moved", "From Washer 5 to Basket shelf at 19:20. There is a photo.", "/mine", "Deine Wäsche wurde weggelegt", "Aus Waschmaschine 5, um 19:20, hierhin: Basket shelf. Es gibt ein Foto."],
  ["laundry_moved", "Your laundry was put away", "Staff put it from Dryer 5 to Folding table at 19:20.", "/mine", "Deine Wäsche wurde weggeräumt", "Das Personal hat sie um 19:20 aus Trockner 5 hierhin gelegt: Folding table."],
  ["cycle_stopped", "Washer 2 was put out of order", "At 19:30: 3 fault reports", "/m/washer/2", "Waschmaschine 2 wurde außer Betrieb genommen", "Um 19:30: 3 fault reports"],
  ["waitlist_called", "Your turn: Washer 2", "Take out the load that was left in it, then start. It is kept for you until 19:21.", "/m/washer/2", "Du bist dran: Waschmaschine 2", "Nimm die Wäsche heraus, die noch darin liegt, und starte dann. Für dich reserviert bis 19:21."],
  ["waitlist_next", "You are next for a dryer", "It will be your turn in about 7 minutes.", "/mine", "Du bist als Nächstes dran für einen Trockner", "Du bist in etwa 7 Minuten dran."],
  ["waitlist_removed", "Your place in the washer list became too old", "You joined at 07:10. Join again if you still need a machine.", "/", "Dein Platz in der Waschmaschinen-Liste ist verfallen", "Du hast dich um 07:10 eingetragen. Trag dich neu ein, wenn du noch eine Maschine brauchst."],
  ["fault_update", "Your report is resolved", "Washer 5, not draining, 10:12: New pump.", "/m/washer/5", "Deine Meldung ist erledigt", "Waschmaschine 5, 10:12: New pump."],
];

test.each(MESSAGES)("%s: %s", (notification_type, title, message, link, germanTitle, germanMessage) => {
  expect(said({ notification_type, title, message, link })).toEqual({ title: germanTitle, message: germanMessage });
});

test("what is not known here stays as the server says it", () => {
  const news = { notification_type: "robot_arrived", title: "Beep", message: "Boop.", link: "/" };
  expect(said(news)).toEqual({ title: "Beep", message: "Boop." });
});
