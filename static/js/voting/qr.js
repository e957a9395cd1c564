// Shows a text as a QR code, drawn on this device: what is in it does not reach the server.

import encodeQR from "../../vendor/qr/encode.js";

const SVG = "http://www.w3.org/2000/svg";
const BORDER = 4;
// A whole number of pixels for each square, so that none is wider than its neighbour.
const PIXELS = 4;
/** What the largest code holds, with the least correction of errors. */
const MOST_BYTES = 2953;

/**
 * @param {HTMLElement} target
 * @param {string} text
 * @param {string} label for those who do not see it
 * @returns {boolean} false if the text is too long for a code
 */
export function showQr(target, text, label) {
  if (new TextEncoder().encode(text).length > MOST_BYTES) {
    target.replaceChildren();
    return false;
  }
  const rows = encodeQR(text, "raw", { ecc: "low", border: BORDER });
  const size = rows.length;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  for (const side of ["width", "height"]) picture.setAttribute(side, String(PIXELS * size));
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", label);
  picture.setAttribute("shape-rendering", "crispEdges");
  const path = document.createElementNS(SVG, "path");
  const dots = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  path.setAttribute("d", dots.join(""));
  picture.append(path);
  target.replaceChildren(picture);
  return true;
}
