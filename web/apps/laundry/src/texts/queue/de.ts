import type { texts as english } from "./en.ts";

export const texts: typeof english = {
  title: "Wartet auf die Verbindung",
  queued: "Keine Verbindung. Es wird gesendet, sobald der Server erreichbar ist.",
  notKept: "Keine Verbindung, und dieser Browser bewahrt nichts dafür auf. Versuch es noch einmal, sobald du online bist.",
  waitingHere: "Wartet auf die Verbindung.",
  acts: {
    start: (machine) => `${machine} starten`,
    join: (list) => `In die ${list} eintragen`,
    end: (machine) => `${machine}: ausgeräumt`,
    leave: (list) => `Aus der ${list} austragen`,
    report: (machine) => `Störungsmeldung für ${machine}`,
  },
  lists: { washer: "Waschmaschinenliste", dryer: "Trocknerliste" },
  waiting: (until) => `Noch nicht gesendet. Wird um ${until} verworfen.`,
  waitingLong: "Noch nicht gesendet. Wird gesendet, sobald du online bist.",
  sending: "Wird gesendet…",
  refused: (reason) => `Abgelehnt: ${reason}`,
  expired: {
    start: "Nicht rechtzeitig gesendet und darum verworfen. Sieh auf der Tafel nach und starte noch einmal.",
    join: "Nicht rechtzeitig gesendet und darum verworfen. Trag dich noch einmal ein, wenn du weiter warten willst.",
    end: "Einen Tag lang nicht gesendet und darum verworfen.",
    leave: "Einen Tag lang nicht gesendet und darum verworfen.",
    report: "Einen Tag lang nicht gesendet und darum verworfen. Bitte melde es noch einmal.",
  },
  cancel: (act) => `Zurücknehmen: ${act}`,
  takeBack: "Zurücknehmen",
  dismiss: (act) => `Verstanden: ${act}`,
  understood: "Verstanden",
};
