import { defineConfig } from "vite";

import { pagesOf } from "../../tools/pages/vite.ts";
import { GUESTS } from "./src/guests.ts";

export default defineConfig(pagesOf("coffee", new URL("./", import.meta.url), 5001, GUESTS));
