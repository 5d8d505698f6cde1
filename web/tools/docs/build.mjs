// Copies Swagger UI and Redoc from npm beside the built pages, with a small page for each. No network at run time,
// no inline script: the Content-Security-Policy of the server holds for these pages as well.
import { cp, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const target = join(here, "../../../src/livefloor/pages/docs");
const swagger = dirname(require.resolve("swagger-ui-dist/package.json"));
const redoc = dirname(require.resolve("redoc/package.json"));

const FILES = [
  [join(swagger, "swagger-ui.css"), "swagger-ui.css"],
  [join(swagger, "swagger-ui-bundle.js"), "swagger-ui-bundle.js"],
  [join(swagger, "LICENSE"), "swagger-ui.LICENSE.txt"],
  [join(swagger, "NOTICE"), "swagger-ui.NOTICE.txt"],
  [join(swagger, "swagger-ui-bundle.js.LICENSE.txt"), "swagger-ui-bundle.js.LICENSE.txt"],
  [join(redoc, "bundles/redoc.standalone.js"), "redoc.standalone.js"],
  [join(redoc, "LICENSE"), "redoc.LICENSE.txt"],
  [join(redoc, "bundles/redoc.standalone.js.LICENSE.txt"), "redoc.standalone.js.LICENSE.txt"],
  ...["swagger.html", "swagger.js", "redoc.html", "redoc.js"].map((name) => [join(here, name), name]),
];

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await Promise.all(FILES.map(([from, name]) => cp(from, join(target, name))));
