import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

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
function keptPages(): Plugin {
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
      const fixed = readdirSync(PUBLIC).map((url) => ({ url, revision: hash(readFileSync(new URL(url, PUBLIC))) }));
      worker.code = worker.code.replace("self.__PAGES", JSON.stringify([...pages, ...fixed.filter(({ url }) => KEPT.test(url))]));
    },
  };
}

const PUBLIC = new URL("public/", import.meta.url);

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

export default defineConfig({
  base: "./",
  plugins: [react(), tailwindcss(), fontLicence(), keptPages()],
  build: {
    outDir: "../../../src/livefloor/pages/laundry",
    emptyOutDir: true,
    target: ["chrome123", "firefox128", "safari17.5"],
    assetsInlineLimit: 0,
    license: { fileName: "assets/licenses.md" },
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: fileURLToPath(new URL("index.html", import.meta.url)), sw: fileURLToPath(new URL("src/sw.ts", import.meta.url)) },
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: process.env.LIVEFLOOR_API ?? "http://127.0.0.1:8000", ws: true } },
  },
});
