// Built pages know no address of their own: they are served at / or under /laundry/. The script always sits in
// `<mount>/assets/`, so its own address tells where the mount is.
const here = import.meta.url;

/** Path the system is mounted at, with both slashes: `/` or `/laundry/`. */
export const mount = import.meta.env.DEV ? "/" : new URL("../", here).pathname;

/** The same as a whole address. */
export const base = new URL(mount, location.href).href;
