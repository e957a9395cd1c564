import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: [".venv/", "var/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "consistent-return": "error",
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "max-statements": ["error", 30],
      complexity: ["error", 10],
      "no-eval": "error",
      "no-implicit-coercion": "error",
      "no-shadow": "error",
      "no-unused-vars": "error",
      "no-use-before-define": ["error", { functions: false, variables: false, classes: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  { files: ["static/js/**/*.js", "benchmarks/**/*.js", "examples/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/**/*.js", "eslint.config.js"], languageOptions: { globals: globals.node } },
  {
    files: ["tests/e2e/*.js"],
    languageOptions: { globals: globals.browser, sourceType: "script" },
    // Each of these scripts is one function that keeps its names to itself.
    rules: { "max-statements": ["error", 30, { ignoreTopLevelFunctions: true }] },
  },
];
