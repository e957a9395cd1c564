// For node --import: the browser finds the libraries under /static/vendor/, node in node_modules.

import { registerHooks } from "node:module";

/** @type {Record<string, string>} */
const PACKAGES = {
  "libsodium/wrappers.js": "libsodium-wrappers-sumo",
  "qr/encode.js": "qr",
  "qr/decode.js": "qr/decode.js",
};

registerHooks({
  resolve(specifier, context, next) {
    const [, place] = specifier.split("/vendor/");
    return next(PACKAGES[place] ?? specifier, context);
  },
});
