/** Runs the tests in a document of jsdom, with the Lit that is shipped; those in a real browser are the project's. */

import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "lit/html.js": new URL("node_modules/lit-html/lit-html.js", import.meta.url).pathname } },
  test: { environment: "jsdom", environmentOptions: { jsdom: { url: "https://partner.example/" } } },
});
