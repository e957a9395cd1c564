// For node --import: the browser finds the libraries under /static/vendor/, node in node_modules.

import { registerHooks } from "node:module";

const VENDOR = /\/vendor\/noble-(curves|hashes)\/(.+)$/;

registerHooks({
  resolve(specifier, context, next) {
    const found = VENDOR.exec(specifier);
    return next(found ? `@noble/${found[1]}/${found[2]}` : specifier, context);
  },
});
