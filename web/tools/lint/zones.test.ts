import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { expect, test } from "vitest";

/** The zones are read from the text alone, so the rules that need types stay out: with `CI` set the type-aware parser
 * takes each file as it is on the disk, not the line that the test gives it. */
const eslint = new ESLint({ cwd: new URL("../..", import.meta.url).pathname, overrideConfig: [tseslint.configs.disableTypeChecked] });

/** Rules that a line breaks when it stands in this file. */
async function broken(path: string, line: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: path });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId ?? "parse").filter((rule) => rule.startsWith("no-restricted"));
}

const APP = "apps/laundry/src";

test.each([
  ["a feature imports a feature", `${APP}/features/machines/api.ts`, 'import { joinList } from "../waitlist/api.ts"; void joinList;'],
  ["a feature imports a page", `${APP}/features/machines/api.ts`, 'import { router } from "../../app/router.tsx"; void router;'],
  ["the model imports a feature", `${APP}/model/hooks.ts`, 'import { joinList } from "../features/waitlist/api.ts"; void joinList;'],
  ["a package imports an app", "packages/live/src/store.ts", 'import { api } from "../../../apps/laundry/src/model/services.ts"; void api;'],
  ["the look imports the client", "packages/ui/src/tile.tsx", 'import { Problem } from "@livefloor/api"; void Problem;'],
  ["an app reaches into a package", `${APP}/model/hooks.ts`, 'import { reduce } from "@livefloor/live/src/reducer.ts"; void reduce;'],
  ["a feature calls fetch", `${APP}/features/machines/api.ts`, 'void fetch("/api/health");'],
  ["a page calls window.fetch", `${APP}/app/shell.tsx`, 'void window.fetch("/api/health");'],
  ["the live package calls fetch", "packages/live/src/connection.ts", 'void fetch("/api/health");'],
  ["an app opens a socket", `${APP}/model/live.ts`, 'export const socket = new WebSocket("ws://localhost");'],
  ["the client opens a socket", "packages/api/src/send.ts", 'export const socket = new WebSocket("ws://localhost");'],
])("%s: refused", async (_, path, line) => {
  expect(await broken(path, line)).not.toEqual([]);
});

test.each([
  ["a page joins features", `${APP}/app/shell.tsx`, 'import { Bell } from "../features/notifications/bell.tsx"; void Bell;'],
  ["a feature uses the model", `${APP}/features/machines/api.ts`, 'import { api } from "../../model/services.ts"; void api;'],
  ["a feature uses its own file", `${APP}/features/machines/describe.ts`, 'import { placeOf } from "./api.ts"; void placeOf;'],
  ["the client calls fetch", "packages/api/src/send.ts", 'void fetch("/api/health");'],
  ["the connection opens a socket", "packages/live/src/connection.ts", 'export const socket = new WebSocket("ws://localhost");'],
])("%s: allowed", async (_, path, line) => {
  expect(await broken(path, line)).toEqual([]);
});
