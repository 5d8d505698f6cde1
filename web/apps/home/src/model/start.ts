import { language } from "@livefloor/ui";

/** A sentence by language; English is always there. */
type Says = Readonly<Record<string, string>>;

/** An account of the demo data. */
export interface Account {
  readonly role: string;
  readonly id: string;
  readonly secret: string;
  readonly says: Says;
  readonly address: string;
}

/** A page of the demo data that takes no account. */
export interface OpenPage {
  readonly says: Says;
  readonly address: string;
}

/** A system that is served here; addresses are relative to the page. */
export interface SystemEntry {
  readonly name: string;
  readonly title: string;
  readonly says: Says;
  readonly picture: string;
  readonly address: string;
  readonly docs: Says;
  readonly outbox: string;
  readonly pages: readonly OpenPage[];
  readonly accounts: readonly Account[];
}

/** What the server has written into the page. */
export function readSystems(): readonly SystemEntry[] {
  const told = document.getElementById("start")?.textContent;
  return told === undefined ? [] : (JSON.parse(told) as { systems: SystemEntry[] }).systems;
}

export function inLanguage(says: Says): string {
  return says[language] ?? says.en ?? "";
}
