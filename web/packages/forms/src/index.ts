export { changesOf, merge, type Clash, type Merged } from "./merge.ts";
export { useDraft, type Draft, type DraftOptions } from "./draft.ts";
