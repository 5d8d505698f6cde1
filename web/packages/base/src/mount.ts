/** Where the system is mounted, as a whole address ending in a slash. The server writes it into the page; the development server has no mount. */
export const base = document.querySelector("base")?.href ?? new URL("/", location.href).href;

/** The path of it, with both slashes: `/` or `/laundry/`. */
export const mount = new URL(base).pathname;
