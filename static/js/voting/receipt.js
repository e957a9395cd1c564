// The receipt page: checks the board's signature under the receipt, prints it, and saves it as a file.

import { encode } from "../crypto/encode.js";
import { dataOf, element, embeddedJson, optionalElement } from "../dom.js";
import { CryptoWorker } from "./crypto-worker.js";

const print = element(document, "[data-print]");
print.addEventListener("click", () => window.print());
print.hidden = false;

/** @param {HTMLElement} signed */
async function checkSigned(signed) {
  const receipt = encode(embeddedJson(document, "#signed"));
  const worker = new CryptoWorker(dataOf(signed, "worker"));
  const input = { manifest: embeddedJson(document, "#manifest"), receipt, tracker: dataOf(signed, "tracker") };
  const { holds } = await worker.ask("receipt", input).catch(() => ({ holds: false }));
  worker.stop();
  element(signed, "[data-signed-right]").hidden = !holds;
  element(signed, "[data-signed-wrong]").hidden = holds;
  const save = element(document, "[data-save-receipt]", HTMLAnchorElement);
  save.href = URL.createObjectURL(new Blob([receipt], { type: "application/json" }));
  save.hidden = !holds;
}

const signed = optionalElement(document, "[data-signed]");
if (signed) checkSigned(signed);
