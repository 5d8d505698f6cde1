import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { HtmlTagDescriptor, Plugin, Rolldown, UserConfig } from "vite";

/** React's words on Preact: half of the first script, and of the time until a slow phone has drawn, was React's own. */
export const PREACT = {
  "react-dom/client": "preact/compat/client",
  "react-dom": "preact/compat",
  "react/jsx-runtime": "preact/jsx-runtime",
  react: "preact/compat",
};

/** The licence of the font travels with it; those of the scripts are gathered by `build.license`. */
export function fontLicence(): Plugin {
  return {
    name: "font-licence",
    apply: "build",
    generateBundle() {
      const source = readFileSync(new URL(import.meta.resolve("@fontsource-variable/figtree/LICENSE")));
      this.emitFile({ type: "asset", fileName: "assets/figtree.LICENSE.txt", source });
    },
  };
}

/** What stands in the head of every document, in place of `<!--head-->`. */
export function commonHead(): Plugin {
  const head = readFileSync(new URL("head.html", import.meta.url), "utf8").trim();
  return { name: "common-head", transformIndexHtml: { order: "pre", handler: (html) => html.replace("<!--head-->", head) } };
}

/** Gives the service worker the lists of files to keep, each with the hash of its content unless its name has it. */
function keptPages(pub: URL): Plugin {
  const KEPT = /\.(js|css|html|svg|png|woff2|webmanifest)$/;
  return {
    name: "kept-pages",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") this.error("The build gave no sw.js.");
      const pages = Object.values(bundle)
        .filter(({ fileName }) => KEPT.test(fileName) && fileName !== "sw.js")
        .map((file) => ({ url: file.fileName, revision: file.fileName.startsWith("assets/") ? null : hash(file.type === "asset" ? file.source : file.code) }));
      const fixed = readdirSync(pub).map((url) => ({ url, revision: hash(readFileSync(new URL(url, pub))) }));
      const own = filesOf(OWN_ORDER, bundle);
      worker.code = worker.code
        .replace("self.__PAGES", JSON.stringify([...pages, ...fixed.filter(({ url }) => KEPT.test(url))]))
        .replace("self.__OWN_ORDER", JSON.stringify(pages.filter(({ url }) => own.has(url))));
    },
  };
}

/** The document of a guest's own order, the one of the guests' that is of use without a network. */
const OWN_ORDER = "o.html";

/** A document with all that it names, and what its scripts fetch when they need it. */
function filesOf(document: string, bundle: Rolldown.OutputBundle): ReadonlySet<string> {
  const page = bundle[document];
  if (page?.type !== "asset") return new Set();
  const named = String(page.source).match(/assets\/[\w.-]+/g) ?? [];
  const later = named.flatMap((name) => (bundle[name]?.type === "chunk" ? bundle[name].dynamicImports : []));
  return new Set([document, ...named, ...later]);
}

/** What is not of the pages' own script: the service worker, and what asks before that script is there. */
const APART = /\/src\/(sw|early|guests)\.ts$|\/node_modules\/workbox-/;
/** Libraries, packages, and what of the model the texts of a language use. */
const BASE = /\/node_modules\/|\/packages\//;

const GUEST = "guest.html";

/** Finds out what the document of those who have no account takes along from the start, and what of it the other one takes too. */
function guestModules() {
  const crew = new Set<string>();
  const guest = new Set<string>();
  const plugin: Plugin = {
    name: "guest-modules",
    apply: "build",
    buildEnd() {
      const walk = (id: string, found: Set<string>): void => {
        if (found.has(id)) return;
        found.add(id);
        this.getModuleInfo(id)?.importedIds.forEach((next) => walk(next, found));
      };
      for (const id of this.getModuleIds()) {
        if (id.endsWith("/index.html")) walk(id, crew);
        if (id.endsWith(`/${GUEST}`)) walk(id, guest);
      }
    },
  };
  return { plugin, isShared: (id: string): boolean => guest.has(id) && crew.has(id), isGuests: (id: string): boolean => guest.has(id) && !crew.has(id) };
}

/** The document of those who have no account: under the first part of the path of each of its pages, where the server looks for it. */
function guestPages(names: readonly string[]): Plugin {
  return {
    name: "guest-pages",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle[GUEST];
      if (page?.type !== "asset") return;
      for (const name of names) this.emitFile({ type: "asset", fileName: `${name}.html`, source: page.source });
      Reflect.deleteProperty(bundle, GUEST);
    },
    configureServer({ middlewares }) {
      middlewares.use((request, _response, next) => {
        if (names.includes(request.url?.split(/[/?]/)[1] ?? "")) request.url = `/${GUEST}`;
        next();
      });
    },
  };
}

/** Asks for the data and the font of the first page as soon as the page itself is there, whatever the rest still loads. */
function firstTrip(): Plugin {
  return {
    name: "first-trip",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle = {}, path }) {
        const named = (name: RegExp): string => {
          const found = Object.keys(bundle).find((fileName) => name.test(fileName));
          if (found === undefined) throw new Error(`The build gave no ${name.source}.`);
          return `./${found}`;
        };
        const early = { type: "module", async: true, crossorigin: true, src: named(/\/early-/) };
        const font = { rel: "preload", as: "font", type: "font/woff2", crossorigin: true, href: named(/\/figtree-latin-wght-/) };
        const tags: HtmlTagDescriptor[] = [{ tag: "link", attrs: font, injectTo: "head" }];
        if (path === "/index.html") tags.unshift({ tag: "script", attrs: early, injectTo: "head" });
        return tags;
      },
    },
  };
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

/**
 * How the pages of a system are built into the Python package; `app` is the address of the app's own folder. `guests` are
 * the first parts of the paths that have a document of their own, `guest.html`: it takes nothing of the crew's pages along.
 */
export function pagesOf(system: string, app: URL, port: number, guests: readonly string[] = []): UserConfig {
  const modules = guestModules();
  const file = (path: string): string => fileURLToPath(new URL(path, app));
  return {
    base: "./",
    resolve: { alias: PREACT },
    plugins: [react(), tailwindcss(), fontLicence(), commonHead(), firstTrip(), modules.plugin, guestPages(guests), keptPages(new URL("public/", app))],
    build: {
      outDir: `../../../src/livefloor/pages/${system}`,
      emptyOutDir: true,
      target: ["chrome123", "firefox128", "safari17.5"],
      assetsInlineLimit: 0,
      license: { fileName: "assets/licenses.md" },
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: { index: file("index.html"), early: file("src/early.ts"), sw: file("src/sw.ts"), ...(guests.length === 0 ? {} : { guest: file("guest.html") }) },
        output: {
          entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
          // What the first page needs comes in two files: each file more is a trip more on a slow line. One file would wait
          // for itself, because the texts of a language are awaited where they are chosen and use what is in `base`.
          codeSplitting: {
            groups: [
              { name: "base", tags: ["$initial"], test: (id) => (BASE.test(id) || modules.isShared(id)) && !APART.test(id) },
              { name: "guest", tags: ["$initial"], test: modules.isGuests },
              { name: "first", tags: ["$initial"], test: (id) => !APART.test(id) },
            ],
          },
        },
      },
    },
    server: {
      host: "127.0.0.1",
      proxy: {
        "/api": { target: process.env.LIVEFLOOR_API ?? `http://127.0.0.1:${port}`, ws: true },
        "/socket.io": { target: process.env.LIVEFLOOR_API ?? `http://127.0.0.1:${port}`, ws: true },
      },
    },
  };
}
