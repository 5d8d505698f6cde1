import { askEarly } from "@livefloor/api/early";

// Imports nothing that the pages' script has as well: a file of both would have to be waited for. The development server
// writes no base; there the pages ask for themselves.
const base = document.querySelector("base")?.href;
if (base !== undefined) askEarly(base, `livefloor-coffee ${new URL(base).pathname}`, ["api/settings/milk-colors"], []);
