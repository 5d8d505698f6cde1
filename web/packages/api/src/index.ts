export { answer, body, createApi, done, type Api } from "./client.ts";
export { storageKeeper, type Keeper, type Tokens } from "./keeper.ts";
export { nameIn, Problem, setExplanations, type ProblemDetails } from "./problem.ts";
export { newKey, traceOf } from "./send.ts";
