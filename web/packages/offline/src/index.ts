export { openDrawer, type Drawer } from "./drawer.ts";
export { ActQueue, type ActOutcome, type ActQueueOptions, type ActRule, type QueuedAct, type QueuedState } from "./queue.ts";
