import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

const web = new URL("../..", import.meta.url).pathname;
const APP = "apps/laundry/src";

const REFUSED = [
  ["a feature imports a feature", `${APP}/features/machines/api.ts`, 'import { joinList } from "../waitlist/api.ts"; void joinList;'],
  ["a feature imports a page", `${APP}/features/machines/start.ts`, 'import { router } from "../../app/router.tsx"; void router;'],
  ["the model imports a feature", `${APP}/model/hooks.ts`, 'import { joinList } from "../features/waitlist/api.ts"; void joinList;'],
  ["a package imports an app", "packages/live/src/store.ts", 'import { api } from "../../../apps/laundry/src/model/services.ts"; void api;'],
  ["the look imports the client", "packages/ui/src/tile.tsx", 'import { Problem } from "@livefloor/api"; void Problem;'],
  ["an app reaches into a package", `${APP}/model/frames.ts`, 'import { reduce } from "@livefloor/live/src/reducer.ts"; void reduce;'],
  ["a feature calls fetch", `${APP}/features/machines/ask.ts`, 'void fetch("/api/health");'],
  ["a page calls window.fetch", `${APP}/app/shell.tsx`, 'void window.fetch("/api/health");'],
  ["the live package calls fetch", "packages/live/src/line.ts", 'void fetch("/api/health");'],
  ["an app opens a socket", `${APP}/model/live.ts`, 'export const socket = new WebSocket("ws://localhost");'],
  ["the client opens a socket", "packages/api/src/send.ts", 'export const socket = new WebSocket("ws://localhost");'],
] as const;

const ALLOWED = [
  ["a page joins features", `${APP}/app/room-page.tsx`, 'import { Bell } from "../features/notifications/bell.tsx"; void Bell;'],
  ["a feature uses the model", `${APP}/features/machines/join.ts`, 'import { api } from "../../model/services.ts"; void api;'],
  ["a feature uses its own file", `${APP}/features/machines/describe.ts`, 'import { placeOf } from "./api.ts"; void placeOf;'],
  ["the client calls fetch", "packages/api/src/client.ts", 'void fetch("/api/health");'],
  ["the connection opens a socket", "packages/live/src/connection.ts", 'export const socket = new WebSocket("ws://localhost");'],
] as const;

interface Found {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
}

/** A tree of nothing but the planted lines. By its whole path: what is reported is named by that. */
const planted = realpathSync(mkdtempSync(join(tmpdir(), "zones-")));
let found: Found["diagnostics"];

beforeAll(async () => {
  // Zones are read from the text alone; the rules that need types have no project here.
  const rules = readFileSync(join(web, ".oxlintrc.json"), "utf8").replace('"typeAware": true', '"typeAware": false');
  writeFileSync(join(planted, ".oxlintrc.json"), rules);
  for (const [, path, line] of [...REFUSED, ...ALLOWED]) {
    mkdirSync(join(planted, dirname(path)), { recursive: true });
    writeFileSync(join(planted, path), `${line}\n`);
  }
  const said = await new Promise<string>((resolve) => {
    execFile(join(web, "node_modules/.bin/oxlint"), ["--format=json"], { cwd: planted }, (_error, stdout) => resolve(stdout));
  });
  found = (JSON.parse(said) as Found).diagnostics;
});

afterAll(() => rmSync(planted, { recursive: true }));

/** Rules on zones and owned names that the line planted in this file breaks. */
function broken(path: string): string[] {
  return found.filter(({ filename, code }) => filename === path && code.includes("no-restricted")).map(({ code }) => code);
}

test.each(REFUSED)("%s: refused", (_, path) => {
  expect(broken(path)).not.toEqual([]);
});

test.each(ALLOWED)("%s: allowed", (_, path) => {
  expect(broken(path)).toEqual([]);
});
