import type { texts as en } from "./en.ts";

export const texts: typeof en = {
  save: "Speichern",
  saving: "Wird gespeichert…",
  undo: "Änderungen verwerfen",
  wrong: "Einige Felder stimmen noch nicht. Sie sind markiert.",
  unchanged: "Noch nichts geändert",
  changed: "Noch nicht gespeichert",
  meanwhile: {
    title: (who) => (who === null ? "Inzwischen von jemand anderem geändert" : `Inzwischen geändert von ${who}`),
    taken: (label, value) => `${label}: jetzt ${value}. Übernommen.`,
    clash: "Das haben Sie beide geändert. Was stimmt?",
    mine: "Ihr Wert",
    theirs: "Der andere",
    by: (who) => `Von ${who}`,
    keepMine: "Meinen behalten",
    takeTheirs: "Den anderen nehmen",
    empty: "nichts",
    decide: "Entscheiden Sie zuerst, was stimmt.",
  },
};
