// Rules that look at types, besides what the compiler checks.

import { defineConfig } from "eslint/config";
import { configs } from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist", "examples", "node_modules"] },
  {
    files: ["src/**/*.ts", "tests/**/*.ts"],
    extends: [configs.strictTypeChecked, configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Early ends: `return this.stop(problem);`
      "@typescript-eslint/no-confusing-void-expression": "off",
      // The properties of the element are declared in one place for pages and for itself.
      "@typescript-eslint/no-unsafe-declaration-merging": "off",
      // Figures in texts are meant.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Compiled objects have no surprises, and `undefined` is asked for where it can be.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
);
