/** Two suites: what needs no service, and what is run against one that the tests of the repository have started. */

import { defineConfig } from "vitest/config";

const PATIENCE = 30_000;

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["tests/unit/*.test.ts"] } },
      {
        test: {
          name: "live",
          include: ["tests/live/*.test.ts"],
          testTimeout: PATIENCE,
          // One after the other: a receiver of webhooks is told what anybody does.
          fileParallelism: false,
          isolate: false,
        },
      },
    ],
  },
});
