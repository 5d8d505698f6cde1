import { defineConfig } from "vite";

import { pagesOf } from "../../tools/pages/vite.ts";

export default defineConfig(pagesOf("laundry", new URL("./", import.meta.url), 8000));
