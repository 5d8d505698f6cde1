import type { Said, Words } from "./en.ts";

const NAMES: Record<string, string> = { washer: "Waschmaschine", dryer: "Trockner" };
const A: Record<string, string> = { washer: "eine Waschmaschine", dryer: "einen Trockner" };
const LIST: Record<string, string> = { washer: "Waschmaschinen-Liste", dryer: "Trockner-Liste" };

/** What can be taken from the server's English words and its link. */
interface Facts {
  readonly title: string;
  readonly message: string;
  readonly type: string;
  readonly machine: string;
  /** The first and the last time of day that is named. */
  readonly time: string;
  readonly until: string;
  readonly minutes: string;
  /** What staff or somebody wrote, after the time. */
  readonly note: string;
}

function factsOf({ title, message, link }: Said): Facts {
  const words = `${title} ${message}`;
  const [, linkType, linkNumber] = /^\/m\/(washer|dryer)\/(\d+)$/.exec(link) ?? [];
  const [, wordType, wordNumber] = /\b(Washer|Dryer) (\d+)\b/.exec(words) ?? [];
  const type = linkType ?? wordType?.toLowerCase() ?? (/\bdryer\b/i.test(words) ? "dryer" : "washer");
  const number = linkNumber ?? wordNumber;
  const times = message.match(/\b\d{2}:\d{2}\b/g) ?? [];
  return {
    title,
    message,
    type,
    machine: number === undefined ? (NAMES[type] ?? type) : `${NAMES[type] ?? type} ${number}`,
    time: times[0] ?? "",
    until: times.at(-1) ?? "",
    minutes: /(\d+) minutes/.exec(words)?.[1] ?? "",
    note: /\d{2}:\d{2}: (.+)$/s.exec(message)?.[1] ?? "",
  };
}

const withNote = (sentence: string, note: string): string => (note === "" ? `${sentence}.` : `${sentence}: ${note}`);

type Say = (facts: Facts) => Words | null;

const SAY: Record<string, Say> = {
  cycle_ending: ({ machine, minutes, time }) => ({ title: `${machine}: noch ${minutes} Minuten`, message: `Fertig um ${time}.` }),
  cycle_complete: ({ machine, time }) => ({ title: `${machine} ist fertig`, message: `Hol deine Wäsche bis ${time} ab.` }),
  pickup_reminder: ({ machine, minutes, time }) => ({
    title: minutes === "" ? `Hol deine Wäsche aus ${machine}` : `Deine Wäsche wartet noch in ${machine}`,
    message: [time === "" ? "" : `Fertig seit ${time}.`, minutes === "" ? "Andere dürfen sie jetzt herausnehmen." : `Das sind ${minutes} Minuten.`].join(" ").trim(),
  }),
  nudge: ({ machine, time }) => ({ title: `Jemand wartet auf ${machine}`, message: `Es ist ${time}. Bitte hol deine Wäsche ab.` }),
  laundry_moved: moved,
  cycle_stopped: ({ title, machine, time, note }) => ({ title: stopped(title, machine), message: withNote(`Um ${time}`, note) }),
  waitlist_next: ({ type, message }) => {
    const about = /about (\d+) minutes/.exec(message)?.[1];
    return { title: `Du bist als Nächstes dran für ${A[type] ?? type}`, message: about === undefined ? "Du bist bald dran." : `Du bist in etwa ${about} Minuten dran.` };
  },
  waitlist_called: ({ machine, message, until }) => ({
    title: `Du bist dran: ${machine}`,
    message: `${message.startsWith("Take out") ? "Nimm die Wäsche heraus, die noch darin liegt, und starte dann. " : ""}Für dich reserviert bis ${until}.`,
  }),
  claim_expiring: ({ machine, minutes, until }) => ({ title: `${machine}: noch ${minutes} Minuten zum Starten`, message: `Für dich reserviert bis ${until}.` }),
  waitlist_no_show: ({ machine, until }) => ({ title: "Du hast deine Reihe verpasst", message: `${machine} war bis ${until} für dich reserviert.` }),
  waitlist_suspended: ({ message }) => {
    const until = /again on (.+?);/.exec(message)?.[1];
    return until === undefined ? null : { title: "Eine Weile keine Listen", message: `Du hast mehrmals deine Reihe verpasst. Ab ${until} kannst du dich wieder eintragen; freie Maschinen kannst du weiter starten.` };
  },
  waitlist_restored: ({ machine, type, message, time }) => ({ title: "Du stehst wieder ganz vorn", message: `${time}: ${machine} ${why(message)}. Die nächste freie Maschine (${NAMES[type] ?? type}) wird für dich reserviert.` }),
  waitlist_removed: ({ title, type, time, note }) =>
    title.includes("too old")
      ? { title: `Dein Platz in der ${LIST[type] ?? ""} ist verfallen`, message: `Du hast dich um ${time} eingetragen. Trag dich neu ein, wenn du noch eine Maschine brauchst.` }
      : { title: `Du wurdest aus der ${LIST[type] ?? ""} genommen`, message: withNote(`Um ${time}`, note) },
  fault_update: ({ title, machine, time, note }) => {
    const what = title.includes("seen") ? "Das Personal hat deine Meldung gesehen" : title.includes("resolved") ? "Deine Meldung ist erledigt" : "Deine Meldung wurde verworfen";
    return { title: what, message: withNote(`${machine}, ${time}`, note) };
  },
  security: ({ title }) => SECURITY[title] ?? null,
};

const SECURITY: Record<string, Words> = {
  "New device": { title: "Neues Gerät", message: "Dein Konto wurde auf einem neuen Gerät angemeldet. Warst du das nicht? Ändere deine PIN." },
  "PIN changed": { title: "PIN geändert", message: "Deine PIN wurde geändert, alle anderen Sitzungen sind beendet. Warst du das nicht? Frag das Personal." },
  "New PIN": { title: "Neue PIN", message: "Deine PIN wurde mit einem Code neu gesetzt; alle Geräte müssen sich neu anmelden." },
  "Session ended": { title: "Sitzung beendet", message: "Eine alte Anmeldung wurde noch einmal benutzt, vielleicht von jemand anderem; diese Sitzung ist beendet." },
  "Too many wrong tries": { title: "Zu viele falsche Versuche", message: "Neue Geräte bleiben ausgesperrt, bis du deine PIN neu setzt; dieses hier geht weiter." },
  "Phone number changed": { title: "Telefonnummer geändert", message: "Deine Telefonnummer wurde geändert. Warst du das nicht? Frag das Personal." },
};

function moved({ title, message, machine, time }: Facts): Words {
  const photo = message.includes("There is a photo.") ? " Es gibt ein Foto." : "";
  if (title.includes("reported empty")) return { title: `${machine} wurde als leer gemeldet`, message: `Um ${time} leer vorgefunden.${photo}` };
  if (title.startsWith("Staff took")) return { title: "Das Personal hat deine Wäsche herausgenommen", message: `Aus ${machine}, um ${time}.` };
  const place = /(?:^From .+?|from .+?) to (.+) at \d{2}:\d{2}\./.exec(message)?.[1] ?? "";
  if (title.includes("put away")) return { title: "Deine Wäsche wurde weggeräumt", message: `Das Personal hat sie um ${time} aus ${machine} hierhin gelegt: ${place}.${photo}` };
  return { title: "Deine Wäsche wurde weggelegt", message: `Aus ${machine}, um ${time}, hierhin: ${place}.${photo}` };
}

function stopped(title: string, machine: string): string {
  if (title.includes("out of order")) return `${machine} wurde außer Betrieb genommen`;
  if (title.includes("emptied")) return `${machine} wurde vom Personal beendet und geleert`;
  return title.includes("cancelled") ? `Der Start von ${machine} wurde vom Personal zurückgenommen` : `${machine} wurde vom Personal beendet`;
}

function why(message: string): string {
  if (message.includes("somebody else")) return "läuft mit der Wäsche von jemand anderem";
  return message.includes("does not work") ? "funktioniert nicht" : "ist außer Betrieb";
}

/** A notification in German by its type; in the server's words where the type is not known here. */
export function said(notification: Said): Words {
  return SAY[notification.notification_type]?.(factsOf(notification)) ?? { title: notification.title, message: notification.message };
}
