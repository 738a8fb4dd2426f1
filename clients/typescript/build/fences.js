/** Puts the examples into README.md, one into each of its fences of TypeScript in order; `--check` only compares. */

import { readFile, writeFile } from "node:fs/promises";

const EXAMPLES = ["score", "assess", "list", "webhook-to-pdf", "page", "edit"];
const README = new URL("../README.md", import.meta.url);

const codes = await Promise.all(
  EXAMPLES.map((name) => readFile(new URL(`../examples/${name}.ts`, import.meta.url), "utf8")),
);
const given = await readFile(README, "utf8");
const fresh = given.replace(/```ts\n.*?```\n/gs, () => `\`\`\`ts\n${codes.shift() ?? ""}\`\`\`\n`);
if (codes.length > 0) throw new Error(`README.md has a fence too few for ${EXAMPLES.slice(-codes.length).join(", ")}.`);

if (!process.argv.includes("--check")) await writeFile(README, fresh);
else if (fresh !== given) {
  console.error("clients/typescript/README.md differs from the examples: run 'npm run readme' there and commit it.");
  process.exitCode = 1;
}
