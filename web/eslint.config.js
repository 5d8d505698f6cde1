import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

/** Names that only one package may use: it owns what is behind them. */
const OWNED = [
  { name: "fetch", message: "Only packages/api calls the server: use its client." },
  { name: "XMLHttpRequest", message: "Only packages/api calls the server: use its client." },
  { name: "WebSocket", message: "Only packages/live opens a socket." },
  { name: "EventSource", message: "Only packages/live opens a stream." },
];

const except = (...names) => OWNED.filter(({ name }) => !names.includes(name));

/** The owned names, also when reached through `window` or `globalThis`. */
function owned(...allowed) {
  const names = except(...allowed);
  return {
    "no-restricted-globals": ["error", ...names],
    "no-restricted-properties": ["error", ...names.flatMap(({ name, message }) => ["window", "globalThis", "self"].map((object) => ({ object, property: name, message })))],
  };
}

const zone = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });
const INSIDE = { regex: "^@livefloor/[^/]+/src", message: "Import a package by its public face." };

export default tseslint.config(
  { ignores: ["**/node_modules/**", "**/dist/**", "**/schema.d.ts", "tools/openapi/**"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { project: ["./tsconfig.json", "./tsconfig.coffee.json", "./tsconfig.worker.json"], tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      ...owned(),
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/only-throw-error": ["error", { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] }],
    },
  },

  // Zones: apps/*/src/app → features/<noun> → model → packages. Nothing looks up.
  {
    files: ["packages/**/*.{ts,tsx}"],
    rules: zone(INSIDE, { group: ["**/apps/**", "@livefloor/app-*"], message: "A package knows no app." }),
  },
  {
    files: ["packages/ui/**/*.{ts,tsx}"],
    rules: zone(INSIDE, { group: ["@livefloor/*", "**/apps/**"], message: "The look knows no data and no wire." }),
  },
  {
    files: ["packages/{api,live,forms,offline}/**/*.{ts,tsx}"],
    rules: zone(INSIDE, { group: ["@livefloor/*", "**/apps/**"], message: "Packages do not know each other: the app joins them." }),
  },
  {
    files: ["apps/*/src/model/**/*.{ts,tsx}"],
    rules: zone(INSIDE, { group: ["**/features/**", "**/app/**"], message: "The model knows neither features nor pages." }),
  },
  {
    files: ["apps/*/src/features/**/*.{ts,tsx}"],
    rules: zone(
      INSIDE,
      { group: ["**/app/**"], message: "A feature knows no page." },
      { regex: "^(\\.\\./(?!\\.\\.)|.*/features/)", message: "A feature never imports a feature: let a page in app/ join them." },
    ),
  },
  { files: ["apps/*/src/app/**/*.{ts,tsx}", "apps/*/src/main.tsx"], rules: zone(INSIDE) },
  { files: ["packages/api/src/**/*.ts"], rules: owned("fetch") },
  { files: ["packages/live/src/**/*.ts"], rules: owned("WebSocket", "EventSource") },

  {
    files: ["**/tests/**/*.{ts,tsx}", "**/*.config.ts", "tools/**/*.ts"],
    rules: { "no-restricted-globals": "off", "no-restricted-properties": "off" },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { ...globals.node, ...globals.browser, SwaggerUIBundle: "readonly", Redoc: "readonly" } },
  },
);
