export { backoffMs } from "./backoff.ts";
export { ServerClock } from "./clock.ts";
export { LiveConnection, type ConnectionOptions } from "./connection.ts";
export { compareIds, newerId, seqOf, type Frame, type Said } from "./frame.ts";
export { type Line, type LineStatus, type LiveLine } from "./line.ts";
export { Presence, type Member } from "./presence.ts";
export { useAll, useLine, useMembers, useOne } from "./react.ts";
export { reduce, type Change, type LiveState, type Row } from "./reducer.ts";
export { LiveStore, type Collections } from "./store.ts";
