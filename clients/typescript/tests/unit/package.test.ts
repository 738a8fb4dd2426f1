import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { VERSION } from "../../src/version.js";

const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };

/** What a page would load, squeezed. */
async function bundle(entry: string): Promise<string> {
  const built = fileURLToPath(new URL(`../../dist/${entry}.js`, import.meta.url));
  const bundled = await rolldown({ input: built, platform: "browser" });
  const { output } = await bundled.generate({ format: "esm", minify: true });
  expect(output).toHaveLength(1);
  return output[0].code;
}

test("the version is that of the package", () => {
  expect(VERSION).toBe(version);
});

test("all of it takes less than 10 kB, and needs nothing of Node", async () => {
  const code = await bundle("index");
  expect(gzipSync(code).length).toBeLessThan(10_000);
  expect(code).not.toMatch(/["'`]node:/);
});

test("who only verifies webhooks loads no client", async () => {
  const code = await bundle("webhooks");
  expect(gzipSync(code).length).toBeLessThan(1_500);
  expect(code).not.toContain("fetch");
});
