import { askEarly } from "@livefloor/api/early";

// Imports nothing that the pages' script has as well: a file of both would have to be waited for. The development server
// writes no base; there the pages ask for themselves.
const base = document.querySelector("base")?.href;
if (base !== undefined) {
  const room = ["api/v1/machines/", "api/v1/waitlist/washer", "api/v1/waitlist/dryer", "api/v1/notifications/"];
  askEarly(base, `livefloor-laundry ${new URL(base).pathname}`, ["api/v1/meta"], room);
}
