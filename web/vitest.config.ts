import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["packages/*/tests/**/*.test.ts", "apps/*/tests/**/*.test.ts", "tools/**/*.test.ts"], testTimeout: 20_000 },
});
