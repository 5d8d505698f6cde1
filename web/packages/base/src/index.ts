export { keyed, refusal, useAct, waitMs } from "./act.ts";
export { keptScreen, type KeptScreen, type KeptScreenOptions } from "./kept.ts";
export { base, mount } from "./mount.ts";
export { newQueries, servicesOf } from "./services.ts";
export { registerWorker } from "./worker.ts";
