import { readFileSync } from "node:fs";

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

export default defineConfig({
  base: "./",
  plugins: [react(), tailwindcss(), fontLicence()],
  build: {
    outDir: "../../../src/livefloor/pages/home",
    emptyOutDir: true,
    rolldownOptions: { input: ["index.html", "outbox.html"] },
    target: ["chrome123", "firefox128", "safari17.5"],
    assetsInlineLimit: 0,
    license: { fileName: "assets/licenses.md" },
    modulePreload: { polyfill: false },
  },
  server: { host: "127.0.0.1" },
});
