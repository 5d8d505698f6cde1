import { defineConfig } from "vite";

import { pagesOf } from "../../tools/pages/vite.ts";

export default defineConfig(pagesOf("coffee", new URL("./", import.meta.url), 5001));
