/** Takes the last build away, so that no file of it is published that has no source any more. */

import { rm } from "node:fs/promises";

await rm(new URL("../dist", import.meta.url), { recursive: true, force: true });
