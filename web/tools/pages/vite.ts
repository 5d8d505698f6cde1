import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin, UserConfig } from "vite";

/** The licence of the font travels with it; those of the scripts are gathered by `build.license`. */
function fontLicence(): Plugin {
  return {
    name: "font-licence",
    apply: "build",
    generateBundle() {
      const source = readFileSync(new URL(import.meta.resolve("@fontsource-variable/figtree/LICENSE")));
      this.emitFile({ type: "asset", fileName: "assets/figtree.LICENSE.txt", source });
    },
  };
}

/** Gives the service worker the list of files to keep, each with the hash of its content unless its name has it. */
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
      worker.code = worker.code.replace("self.__PAGES", JSON.stringify([...pages, ...fixed.filter(({ url }) => KEPT.test(url))]));
    },
  };
}

/** What is not of the pages' own script: the service worker, and what asks before that script is there. */
const APART = /\/src\/(sw|early)\.ts$|\/node_modules\/workbox-/;
/** Libraries, packages, and what of the model the texts of a language use. */
const BASE = /\/node_modules\/|\/packages\//;

/** Asks for the data and the font of the first page as soon as the page itself is there, whatever the rest still loads. */
function firstTrip(): Plugin {
  return {
    name: "first-trip",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle = {} }) {
        const named = (name: RegExp): string => {
          const found = Object.keys(bundle).find((fileName) => name.test(fileName));
          if (found === undefined) throw new Error(`The build gave no ${name.source}.`);
          return `./${found}`;
        };
        const early = { type: "module", async: true, crossorigin: true, src: named(/\/early-/) };
        const font = { rel: "preload", as: "font", type: "font/woff2", crossorigin: true, href: named(/\/figtree-latin-wght-/) };
        return [
          { tag: "script", attrs: early, injectTo: "head" },
          { tag: "link", attrs: font, injectTo: "head" },
        ];
      },
    },
  };
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

/** How the pages of a system are built into the Python package; `app` is the address of the app's own folder. */
export function pagesOf(system: string, app: URL, port: number): UserConfig {
  const file = (path: string): string => fileURLToPath(new URL(path, app));
  return {
    base: "./",
    plugins: [react(), tailwindcss(), fontLicence(), firstTrip(), keptPages(new URL("public/", app))],
    build: {
      outDir: `../../../src/livefloor/pages/${system}`,
      emptyOutDir: true,
      target: ["chrome123", "firefox128", "safari17.5"],
      assetsInlineLimit: 0,
      license: { fileName: "assets/licenses.md" },
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: { index: file("index.html"), early: file("src/early.ts"), sw: file("src/sw.ts") },
        output: {
          entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
          // What the first page needs comes in two files: each file more is a trip more on a slow line. One file would wait
          // for itself, because the texts of a language are awaited where they are chosen and use what is in `base`.
          codeSplitting: {
            groups: [
              { name: "base", tags: ["$initial"], test: (id) => BASE.test(id) && !APART.test(id) },
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
