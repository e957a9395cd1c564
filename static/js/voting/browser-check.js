// Says whether this browser and this device can do what voting takes. Nothing is sent.

import { missingAbility } from "../capture/camera.js";
import { dataOf, elements } from "../dom.js";

/** @returns {Promise<boolean>} true as well where the browser does not tell */
async function hasCamera() {
  if (missingAbility() !== "") return true;
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => null);
  return !devices || devices.some((device) => device.kind === "videoinput");
}

/** The ballot's mathematics runs in a worker made of modules, with large numbers and random ones. */
function canEncrypt() {
  return ["Worker", "BigInt", "crypto", "WebAssembly"].every((name) => name in globalThis);
}

async function checks() {
  return {
    secure: isSecureContext,
    camera: missingAbility() === "",
    device: await hasCamera(),
    ballot: canEncrypt(),
  };
}

for (const section of elements(document, "[data-browser]")) {
  checks().then((found) => {
    for (const line of elements(section, "[data-check]")) {
      const fine = found[/** @type {keyof typeof found} */ (dataOf(line, "check"))];
      line.textContent = dataOf(line, fine ? "fine" : "lacks");
      line.classList.toggle("lacks", !fine);
    }
    section.hidden = false;
  });
}
