export { type WebhookCalls } from "./calls.ts";
export { WebhookPanels } from "./panels.tsx";
export { webhookTexts } from "./texts.ts";
