export { RunningPanels, type DeadLetter, type Running, type RunningCalls } from "./panels.tsx";
export { runningTexts } from "./texts.ts";
