import { readFileSync } from "node:fs";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Folders that links from outside lead into: the QR code on a machine and the links of notifications. */
const DEEP_FOLDERS = ["m/washer", "m/dryer"];

/**
 * The pages know no address of their own, so `index.html` names its files relative to itself. A path further down
 * needs a page of its own: the server falls back to the nearest `index.html` above the path.
 */
function deepPages(): Plugin {
  return {
    name: "deep-pages",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") this.error("The build gave no index.html.");
      for (const folder of DEEP_FOLDERS) {
        const up = "../".repeat(folder.split("/").length);
        const source = String(page.source).replaceAll(/(src|href)="\.\//g, `$1="${up}`);
        this.emitFile({ type: "asset", fileName: `${folder}/index.html`, source });
      }
    },
  };
}

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

export default defineConfig({
  base: "./",
  plugins: [react(), tailwindcss(), deepPages(), fontLicence()],
  build: {
    outDir: "../../../src/livefloor/pages/laundry",
    emptyOutDir: true,
    target: ["chrome123", "firefox128", "safari17.5"],
    assetsInlineLimit: 0,
    license: { fileName: "assets/licenses.md" },
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: process.env.LIVEFLOOR_API ?? "http://127.0.0.1:8000", ws: true } },
  },
});
