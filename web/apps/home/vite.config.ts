import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { commonHead, fontLicence, PREACT } from "../../tools/pages/vite.ts";

export default defineConfig({
  base: "./",
  resolve: { alias: PREACT },
  plugins: [react(), tailwindcss(), fontLicence(), commonHead()],
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
