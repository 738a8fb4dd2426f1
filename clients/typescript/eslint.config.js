// Rules that look at types, besides what the compiler checks.

import { defineConfig } from "eslint/config";
import { configs } from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist", "node_modules", "out", "src/generated"] },
  {
    files: ["src/**/*.ts", "tests/**/*.ts", "examples/**/*.ts"],
    extends: [configs.strictTypeChecked, configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Early ends: `return this.stop(problem);`
      "@typescript-eslint/no-confusing-void-expression": "off",
      // Figures in texts are meant.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // An index signature does not fit what openapi-fetch takes otherwise.
      "@typescript-eslint/consistent-type-definitions": "off",
    },
  },
  {
    files: ["examples/**/*.ts"],
    // A script ends with what goes wrong in it, which is what an example wants.
    rules: { "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }] },
  },
);
